export { httpBindings, type HttpBinding, type HttpVerb } from './http/bindings.ts';
export { setPathField, setQueryFields, type HttpField } from './http/request-fields.ts';
