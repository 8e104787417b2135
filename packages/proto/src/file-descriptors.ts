import type {
  DescriptorProto,
  EnumDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
  ServiceDescriptorProto,
} from './generated/messages.ts';
import { enumSchema, type FieldSchema, findService, messageSchema, type Scalar, schemaNames } from './schema.ts';

/** `FieldDescriptorProto.Type` of scalars. */
const SCALAR_TYPES: Readonly<Record<Scalar, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const TYPE_MESSAGE = 11;
const TYPE_ENUM = 14;
const LABEL_OPTIONAL = 1;
const LABEL_REPEATED = 3;

/** The lower-case parts of a full name are its package: `temporal.api.common.v1` of `temporal.api.common.v1.Link.Activity`. */
function packageOf(fullName: string): string {
  const match = /^(?:[a-z]\w*\.)*/.exec(fullName);
  return (match?.[0] ?? '').slice(0, -1);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The file that stands for a package. The protocol has several files in some; here each package is one. */
function fileName(packageName: string): string {
  return `${packageName.replaceAll('.', '/')}.proto`;
}

function lastName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1);
}

function mapEntryName(field: FieldSchema): string {
  return `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Entry`;
}

function valueOf(field: FieldSchema): Pick<FieldDescriptorProto, 'type' | 'typeName'> {
  const { value } = field;
  if (value.kind === 'scalar') return { type: SCALAR_TYPES[value.scalar] };
  return { type: value.kind === 'message' ? TYPE_MESSAGE : TYPE_ENUM, typeName: `.${value.name}` };
}

function fieldDescriptor(field: FieldSchema, message: string, oneofs: readonly string[]): FieldDescriptorProto {
  const common = { name: snakeCase(field.name), jsonName: field.name, number: field.id };
  if (field.shape === 'map') {
    return { ...common, label: LABEL_REPEATED, type: TYPE_MESSAGE, typeName: `.${message}.${mapEntryName(field)}` };
  }
  const label = field.shape === 'repeated' ? LABEL_REPEATED : LABEL_OPTIONAL;
  const oneofIndex = field.oneof === undefined ? undefined : oneofs.indexOf(field.oneof);
  return { ...common, label, ...valueOf(field), oneofIndex };
}

function mapEntry(field: FieldSchema): DescriptorProto {
  const key = {
    name: 'key',
    jsonName: 'key',
    number: 1,
    label: LABEL_OPTIONAL,
    type: SCALAR_TYPES[field.key ?? 'string'],
  };
  const value = { name: 'value', jsonName: 'value', number: 2, label: LABEL_OPTIONAL, ...valueOf(field) };
  return { name: mapEntryName(field), field: [key, value], options: { mapEntry: true } };
}

/** Types by the name of what they stand in: a message, or a package. */
type Children = ReadonlyMap<string, { readonly messages: readonly string[]; readonly enums: readonly string[] }>;

function enumDescriptor(name: string): EnumDescriptorProto {
  const value = [...enumSchema(name).nameByNumber].map(([number, member]) => ({ name: member, number }));
  return { name: lastName(name), value };
}

function messageDescriptor(name: string, children: Children): DescriptorProto {
  const { fields } = messageSchema(name);
  const oneofs = [...new Set(fields.flatMap((field) => field.oneof ?? []))];
  const nested = children.get(name);
  return {
    name: lastName(name),
    field: fields.map((field) => fieldDescriptor(field, name, oneofs)),
    nestedType: [
      ...(nested?.messages ?? []).map((inner) => messageDescriptor(inner, children)),
      ...fields.filter((field) => field.shape === 'map').map(mapEntry),
    ],
    enumType: (nested?.enums ?? []).map(enumDescriptor),
    oneofDecl: oneofs.map((oneof) => ({ name: oneof })),
  };
}

function serviceDescriptor(name: string): ServiceDescriptorProto {
  const method = (findService(name) ?? []).map((item) => ({
    name: item.name,
    inputType: `.${item.request}`,
    outputType: `.${item.reply}`,
    clientStreaming: item.requestStream,
    serverStreaming: item.replyStream,
  }));
  return { name: lastName(name), method };
}

function groupByScope(): Children {
  const children = new Map<string, { messages: string[]; enums: string[] }>();
  const { messages, enums } = schemaNames();
  const scopeOf = (name: string): { messages: string[]; enums: string[] } => {
    const scope = name.slice(0, name.lastIndexOf('.'));
    const found = children.get(scope) ?? { messages: [], enums: [] };
    children.set(scope, found);
    return found;
  };
  for (const name of messages) scopeOf(name).messages.push(name);
  for (const name of enums) scopeOf(name).enums.push(name);
  return children;
}

/** Packages of the types that a message's fields and its nested messages' fields have. */
function* packagesUsed(message: string, children: Children): Generator<string> {
  for (const { value } of messageSchema(message).fields) if (value.kind !== 'scalar') yield packageOf(value.name);
  for (const nested of children.get(message)?.messages ?? []) yield* packagesUsed(nested, children);
}

function fileDescriptor(packageName: string, services: readonly string[], children: Children): FileDescriptorProto {
  const { messages = [], enums = [] } = children.get(packageName) ?? {};
  const methods = services.flatMap((service) => findService(service) ?? []);
  const used = new Set([
    ...messages.flatMap((message) => [...packagesUsed(message, children)]),
    ...methods.flatMap((method) => [packageOf(method.request), packageOf(method.reply)]),
  ]);
  used.delete(packageName);
  return {
    name: fileName(packageName),
    package: packageName,
    dependency: [...used].map(fileName),
    messageType: messages.map((message) => messageDescriptor(message, children)),
    enumType: enums.map(enumDescriptor),
    service: services.map(serviceDescriptor),
    syntax: 'proto3',
  };
}

/** Descriptors of all types and services, one file for each package: what server reflection answers with. */
export function fileDescriptors(): readonly FileDescriptorProto[] {
  const children = groupByScope();
  const { services, messages, enums } = schemaNames();
  const packages = new Set([...messages, ...enums, ...services].map(packageOf));
  return [...packages].map((packageName) => {
    const own = services.filter((service) => packageOf(service) === packageName);
    return fileDescriptor(packageName, own, children);
  });
}

/** The file that describes a message, enum, service or method; undefined for a name that is none. */
export function fileNameOf(symbol: string): string | undefined {
  const { messages, enums, services } = schemaNames();
  const known = new Set([...messages, ...enums, ...services]);
  const owner = known.has(symbol) ? symbol : symbol.slice(0, symbol.lastIndexOf('.'));
  return known.has(owner) && (owner === symbol || hasMember(owner, lastName(symbol)))
    ? fileName(packageOf(owner))
    : undefined;
}

function hasMember(owner: string, member: string): boolean {
  return (findService(owner) ?? []).some((method) => method.name === member);
}
