import { type Entry, type FieldDescriptor, fieldName, resolveReference } from './descriptor.ts';
import { HEADING } from './typescript.ts';

type Names = ReadonlyMap<string, string>;

/** TypeScript's types of protobuf's scalars in proto3 JSON: 64-bit integers and bytes (base64) are strings. */
const SCALARS: Readonly<Record<string, string>> = {
  double: 'number',
  float: 'number',
  int32: 'number',
  uint32: 'number',
  sint32: 'number',
  fixed32: 'number',
  sfixed32: 'number',
  int64: 'string',
  uint64: 'string',
  sint64: 'string',
  fixed64: 'string',
  sfixed64: 'string',
  bool: 'boolean',
  string: 'string',
  bytes: 'string',
};

/** Well-known types, which proto3 JSON writes in forms of their own. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'string',
  'google.protobuf.Duration': 'string',
  'google.protobuf.FieldMask': 'string',
  'google.protobuf.Any': "{ readonly '@type': string; readonly [key: string]: unknown }",
  'google.protobuf.Struct': '{ readonly [key: string]: unknown }',
  'google.protobuf.Value': 'unknown',
  'google.protobuf.ListValue': 'readonly unknown[]',
  'google.protobuf.DoubleValue': 'number',
  'google.protobuf.FloatValue': 'number',
  'google.protobuf.Int64Value': 'string',
  'google.protobuf.UInt64Value': 'string',
  'google.protobuf.Int32Value': 'number',
  'google.protobuf.UInt32Value': 'number',
  'google.protobuf.BoolValue': 'boolean',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.BytesValue': 'string',
};

function fieldType(field: FieldDescriptor, scope: string, names: Names): string {
  const scalar = SCALARS[field.type];
  const reference = scalar === undefined ? resolveReference(field.type, scope, names) : '';
  const base = scalar ?? WELL_KNOWN[reference] ?? names.get(reference);
  if (field.keyType !== undefined) return `{ readonly [key: string]: ${base} }`;
  return field.rule === 'repeated' ? `readonly ${base}[]` : `${base}`;
}

function messageSource(entry: Entry, names: Names): string {
  const fields = Object.entries(entry.descriptor.fields ?? {}).map(
    ([name, field]) => `  readonly ${fieldName(name)}?: ${fieldType(field, entry.fullName, names)} | undefined;\n`,
  );
  const heading = `/** \`${entry.fullName}\` */\nexport interface ${names.get(entry.fullName)} {`;
  return fields.length === 0 ? `${heading}}\n` : `${heading}\n${fields.join('')}}\n`;
}

function enumSource(entry: Entry, names: Names): string {
  const values = Object.keys(entry.descriptor.values ?? {}).map((value) => `\n  | '${value}'`);
  return `/** \`${entry.fullName}\` */\nexport type ${names.get(entry.fullName)} =${values.join('')};\n`;
}

function byMethodSource(services: readonly Entry[], names: Names): string {
  const jsonName = (fullName: string): string => WELL_KNOWN[fullName] ?? `${names.get(fullName)}`;
  const members = services.flatMap(({ fullName, descriptor }) =>
    Object.entries(descriptor.methods ?? {}).map(([method, { requestType, responseType }]) => {
      const request = jsonName(resolveReference(requestType, fullName, names));
      const reply = jsonName(resolveReference(responseType, fullName, names));
      return `  ${method}: { request: ${request}; reply: ${reply} };\n`;
    }),
  );
  return `/** Request and reply of the methods that the HTTP API serves, by name. */\nexport interface MethodByName {\n${members.join('')}}\n`;
}

/** The source of `json-types.ts`: an interface for each message in its proto3 JSON form. */
export function jsonTypesSource(all: readonly Entry[], names: Names): string {
  const messages = all.filter(({ fullName, descriptor }) => descriptor.fields && !(fullName in WELL_KNOWN));
  const services = all.filter(
    ({ fullName, descriptor }) => descriptor.methods && /\.(WorkflowService|OperatorService)$/.test(fullName),
  );
  const enums = all.filter(({ descriptor }) => descriptor.values);
  return [
    HEADING,
    ...enums.map((entry) => enumSource(entry, names)),
    ...messages.map((entry) => messageSource(entry, names)),
    byMethodSource(services, names),
  ].join('\n');
}
