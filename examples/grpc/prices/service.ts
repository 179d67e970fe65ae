import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

export interface Thing {
  readonly name: string;
}

export interface Price {
  readonly name: string;
  readonly cents: number;
}

/** What a client made of the .proto file can do; its types are told by nobody else. */
export interface PricesClient extends grpc.Client {
  get(
    thing: Thing,
    options: grpc.CallOptions,
    answered: (error: grpc.ServiceError | null, price?: Price) => void,
  ): grpc.ClientUnaryCall;
  watch(thing: Thing): grpc.ClientReadableStream<Price>;
}

const file = join(import.meta.dirname, '../proto/prices.proto');
const { prices } = grpc.loadPackageDefinition(loader.loadSync(file)) as unknown as {
  prices: { v1: { Prices: grpc.ServiceClientConstructor } };
};

/** The service that the .proto file describes. */
export const Prices = prices.v1.Prices;
