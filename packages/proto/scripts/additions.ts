import type { Descriptor, FieldDescriptor } from './descriptor.ts';

/**
 * What @temporalio/proto lacks or holds in a form that proto3 does not know: server reflection, and the part of
 * google/protobuf/descriptor.proto that reflection answers with. Fields with explicit presence are marked `optional`.
 * Sources: grpc/reflection/v1/reflection.proto, google/protobuf/descriptor.proto.
 */

function field(id: number, type: string, rule?: 'repeated' | 'optional'): FieldDescriptor {
  return rule === undefined ? { id, type } : { id, type, rule };
}

const descriptorMessages: Readonly<Record<string, Descriptor>> = {
  FileDescriptorProto: {
    fields: {
      name: field(1, 'string'),
      package: field(2, 'string'),
      dependency: field(3, 'string', 'repeated'),
      messageType: field(4, 'DescriptorProto', 'repeated'),
      enumType: field(5, 'EnumDescriptorProto', 'repeated'),
      service: field(6, 'ServiceDescriptorProto', 'repeated'),
      syntax: field(12, 'string'),
    },
  },
  DescriptorProto: {
    fields: {
      name: field(1, 'string'),
      field: field(2, 'FieldDescriptorProto', 'repeated'),
      nestedType: field(3, 'DescriptorProto', 'repeated'),
      enumType: field(4, 'EnumDescriptorProto', 'repeated'),
      options: field(7, 'MessageOptions'),
      oneofDecl: field(8, 'OneofDescriptorProto', 'repeated'),
    },
  },
  FieldDescriptorProto: {
    fields: {
      name: field(1, 'string'),
      number: field(3, 'int32'),
      label: field(4, 'int32'),
      type: field(5, 'int32'),
      typeName: field(6, 'string'),
      oneofIndex: field(9, 'int32', 'optional'),
      jsonName: field(10, 'string'),
      proto3Optional: field(17, 'bool'),
    },
  },
  OneofDescriptorProto: { fields: { name: field(1, 'string') } },
  EnumDescriptorProto: {
    fields: { name: field(1, 'string'), value: field(2, 'EnumValueDescriptorProto', 'repeated') },
  },
  EnumValueDescriptorProto: { fields: { name: field(1, 'string'), number: field(2, 'int32', 'optional') } },
  ServiceDescriptorProto: {
    fields: { name: field(1, 'string'), method: field(2, 'MethodDescriptorProto', 'repeated') },
  },
  MethodDescriptorProto: {
    fields: {
      name: field(1, 'string'),
      inputType: field(2, 'string'),
      outputType: field(3, 'string'),
      clientStreaming: field(5, 'bool'),
      serverStreaming: field(6, 'bool'),
    },
  },
  MessageOptions: { fields: { mapEntry: field(7, 'bool') } },
};

const reflection: Readonly<Record<string, Descriptor>> = {
  ServerReflectionRequest: {
    fields: {
      host: field(1, 'string'),
      fileByFilename: field(3, 'string'),
      fileContainingSymbol: field(4, 'string'),
      fileContainingExtension: field(5, 'ExtensionRequest'),
      allExtensionNumbersOfType: field(6, 'string'),
      listServices: field(7, 'string'),
    },
    oneofs: {
      messageRequest: {
        oneof: [
          'fileByFilename',
          'fileContainingSymbol',
          'fileContainingExtension',
          'allExtensionNumbersOfType',
          'listServices',
        ],
      },
    },
  },
  ExtensionRequest: { fields: { containingType: field(1, 'string'), extensionNumber: field(2, 'int32') } },
  ServerReflectionResponse: {
    fields: {
      validHost: field(1, 'string'),
      originalRequest: field(2, 'ServerReflectionRequest'),
      fileDescriptorResponse: field(4, 'FileDescriptorResponse'),
      allExtensionNumbersResponse: field(5, 'ExtensionNumberResponse'),
      listServicesResponse: field(6, 'ListServiceResponse'),
      errorResponse: field(7, 'ErrorResponse'),
    },
    oneofs: {
      messageResponse: {
        oneof: ['fileDescriptorResponse', 'allExtensionNumbersResponse', 'listServicesResponse', 'errorResponse'],
      },
    },
  },
  FileDescriptorResponse: { fields: { fileDescriptorProto: field(1, 'bytes', 'repeated') } },
  ExtensionNumberResponse: {
    fields: { baseTypeName: field(1, 'string'), extensionNumber: field(2, 'int32', 'repeated') },
  },
  ListServiceResponse: { fields: { service: field(1, 'ServiceResponse', 'repeated') } },
  ServiceResponse: { fields: { name: field(1, 'string') } },
  ErrorResponse: { fields: { errorCode: field(1, 'int32'), errorMessage: field(2, 'string') } },
  ServerReflection: {
    methods: {
      ServerReflectionInfo: {
        requestType: 'ServerReflectionRequest',
        responseType: 'ServerReflectionResponse',
        requestStream: true,
        responseStream: true,
      },
    },
  },
};

/** Both versions of reflection are the same but for the package. */
export const additions: Descriptor = {
  nested: {
    google: { nested: { protobuf: { nested: descriptorMessages } } },
    grpc: { nested: { reflection: { nested: { v1: { nested: reflection }, v1alpha: { nested: reflection } } } } },
  },
};
