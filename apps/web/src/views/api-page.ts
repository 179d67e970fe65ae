/** The OpenAPI document as a page: what a route takes, what it answers, and how to call it. */

/** The little of JSON Schema that our routes use. */
interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  examples?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

interface Content {
  content?: Record<string, { schema: Schema }>;
  description?: string;
}

interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: Content;
  responses?: Record<string, Content>;
}

/** The little of OpenAPI that is read here. */
export interface ApiDocument {
  tags?: { name: string; description?: string }[];
  paths?: Record<string, Record<string, Operation>>;
}

/** A field of what is sent or answered; fields of fields are named with a dot. */
export interface FieldView {
  name: string;
  type: string;
  required: boolean;
  about: string;
}

interface OperationView {
  id: string;
  method: string;
  path: string;
  summary: string;
  about: string;
  /** Each with its title: 'In the path', 'Query', 'Headers', 'Body (JSON)'. */
  takes: { title: string; fields: FieldView[] }[];
  answers: { status: string; fields: FieldView[] }[];
  call: string;
}

export interface ApiSection {
  id: string;
  text: string;
  about: string;
  operations: OperationView[];
}

/** @param base address of this server; @param token whether it asks for one */
export function apiSections(document: ApiDocument, base: string, token: boolean): ApiSection[] {
  const all = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return (document.tags ?? []).map(({ name, description = '' }) => ({
    id: name,
    text: name,
    about: description,
    operations: all
      .filter(({ operation }) => operation.tags?.includes(name))
      .map(({ path, method, operation }) => operationView(path, method, operation, { base, token })),
  }));
}

function operationView(
  path: string,
  method: string,
  operation: Operation,
  { base, token }: { base: string; token: boolean },
): OperationView {
  const { summary = '', description = '', parameters = [], requestBody, responses = {} } = operation;
  const of = (place: string) =>
    parameters
      .filter((one) => one.in === place)
      .map(({ name, schema, required = false, description: about = '' }) =>
        fieldView(name, { ...schema, ...(about && { description: about }) }, required),
      );
  const [[type = '', body] = []] = Object.entries(requestBody?.content ?? {});
  const takes = [
    { title: 'In the path', fields: of('path') },
    { title: 'Query', fields: of('query') },
    { title: 'Headers', fields: of('header') },
    { title: type.includes('json') ? 'Body, as JSON' : 'Body, as a form', fields: fieldsOf(body?.schema) },
  ];
  return {
    id: `${method}-${path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}`,
    method: method.toUpperCase(),
    path,
    summary,
    about: description,
    takes: takes.filter(({ fields }) => fields.length > 0),
    answers: Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .map(([status, { content = {} }]) => ({ status, fields: fieldsOf(Object.values(content)[0]?.schema) })),
    call: callOf({ method, url: base + path, token, type, schema: body?.schema }),
  };
}

const DEEPEST = 3;

/** All fields of an object, and those of the objects in it. */
function fieldsOf(schema: Schema | undefined, prefix = '', depth = 0): FieldView[] {
  if (!schema || depth === DEEPEST) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    fieldView(prefix + name, field, schema.required?.includes(name) ?? false),
    ...inner(field).flatMap(({ mark, of }) => fieldsOf(of, `${prefix}${name}${mark}.`, depth + 1)),
  ]);
}

/** The objects that a field may hold, alone or in a list. */
function inner(schema: Schema): { mark: string; of: Schema }[] {
  return [schema, ...(schema.anyOf ?? [])].flatMap((one) => {
    if (one.properties) return [{ mark: '', of: one }];
    return one.items?.properties ? [{ mark: '[]', of: one.items }] : [];
  });
}

function fieldView(name: string, schema: Schema, required: boolean): FieldView {
  const { description = '', examples = [], default: usual, minimum, maximum, maxLength } = schema;
  const about = [
    description,
    minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : '',
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    usual === undefined ? '' : `${JSON.stringify(usual)} without a word`,
    examples.length > 0 ? `such as ${examples.map((one) => JSON.stringify(one)).join(', ')}` : '',
  ];
  return { name, type: typeWords(schema), required, about: about.filter(Boolean).join('; ') };
}

/** 'string', 'queued | preparing | …', 'list of integer', 'number or null'. */
function typeWords(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeWords).join(' or ');
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'array') return `list of ${schema.items ? typeWords(schema.items) : 'anything'}`;
  return schema.type ?? 'anything';
}

interface Call {
  method: string;
  url: string;
  token: boolean;
  type: string;
  schema: Schema | undefined;
}

/** How curl would do it, with the fields that are required. */
function callOf({ method, url, token, type, schema }: Call): string {
  const isJson = type.includes('json');
  const needed = (schema?.required ?? (schema ? ['repo'] : [])).map((name) => [
    name,
    schema?.properties?.[name]?.examples?.[0] ?? 'https://github.com/you/project',
  ]);
  return [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} '${url.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}'`,
    ...(token ? ["-H 'Authorization: Bearer TOKEN'"] : []),
    ...(isJson
      ? ["-H 'content-type: application/json'", `-d '${JSON.stringify(Object.fromEntries(needed))}'`]
      : []),
    ...(type && !isJson ? needed.map(([name, value]) => `-d ${name}=${value}`) : []),
  ].join(' \\\n  ');
}
