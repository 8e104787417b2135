import { type Entry, type FieldDescriptor, fieldName, resolveReference } from './descriptor.ts';
import { SCALARS } from './typescript.ts';

type Known = { has(fullName: string): boolean };

function typeReference(field: FieldDescriptor, scope: string, known: Known): string {
  const type = field.type in SCALARS ? field.type : resolveReference(field.type, scope, known);
  if (field.keyType !== undefined) return `<${field.keyType}>${type}`;
  if (field.rule === 'repeated') return `[]${type}`;
  return field.rule === 'optional' ? `?${type}` : type;
}

/** `name:id:type` of each field; `[]`, `<key>` and `?` before a type, `@oneof` after it. */
function fieldsText(entry: Entry, known: Known): string {
  const oneofByField = new Map<string, string>();
  for (const [oneof, { oneof: members }] of Object.entries(entry.descriptor.oneofs ?? {})) {
    for (const member of members) oneofByField.set(member, oneof);
  }
  const fields = Object.entries(entry.descriptor.fields ?? {}).map(([name, field]) => {
    const oneof = oneofByField.get(name);
    const suffix = oneof === undefined ? '' : `@${oneof}`;
    return `${fieldName(name)}:${field.id}:${typeReference(field, entry.fullName, known)}${suffix}`;
  });
  return fields.join(' ');
}

function methodsByName(entry: Entry, known: Known): Record<string, string> {
  const methods = Object.entries(entry.descriptor.methods ?? {}).map(([name, method]) => {
    const request = resolveReference(method.requestType, entry.fullName, known);
    const reply = resolveReference(method.responseType, entry.fullName, known);
    const text = `${method.requestStream ? 'stream ' : ''}${request} ${method.responseStream ? 'stream ' : ''}${reply}`;
    return [name, text] as const;
  });
  return Object.fromEntries(methods);
}

/** The text of `schema.json`: everything the codec, proto3 JSON, the method tables and reflection know of the types. */
export function schemaText(all: readonly Entry[], known: Known): string {
  const messages: Record<string, string> = {};
  const enums: Record<string, string> = {};
  const services: Record<string, Record<string, string>> = {};
  for (const entry of all) {
    const { fields, values, methods } = entry.descriptor;
    if (fields) messages[entry.fullName] = fieldsText(entry, known);
    if (methods) services[entry.fullName] = methodsByName(entry, known);
    if (values) {
      const members = Object.entries(values).map(([name, value]) => `${name}=${value}`);
      enums[entry.fullName] = members.join(' ');
    }
  }
  return `${JSON.stringify({ messages, enums, services }, null, 1)}\n`;
}
