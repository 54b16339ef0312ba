/** The server's description of itself (OpenAPI 3.1). */
import type { ServedModel } from "./model.ts";
import type { Limits } from "./requests.ts";

/** The OpenAPI document of a server. */
export function describeApi(
  models: readonly ServedModel[],
  limits: Limits,
  { version, secured }: { readonly version: string; readonly secured: boolean },
): Record<string, unknown> {
  const picture = { schema: { type: "string", format: "binary" } };
  const levels = {
    description: "Levels of 0…255, [height][width][channels].",
    type: "array",
    items: { type: "array", items: { type: "array", items: { type: "number" } } },
  };
  const base64 = {
    description: "A picture file.",
    type: "object",
    required: ["b64"],
    properties: { b64: { type: "string", contentEncoding: "base64" } },
  };
  const list = (name: string) => ({
    schema: {
      type: "object",
      required: [name],
      properties: { [name]: { type: "array", items: { oneOf: [levels, base64] } } },
    },
  });
  const refusals = Object.fromEntries(
    Object.entries({
      400: "The request cannot be read.",
      ...secured ? { 401: "The token is missing or wrong." } : {},
      404: "There is no such model.",
      408: "The request did not arrive in time.",
      413:
        `More than ${limits.bytes} bytes, ${limits.pixels} pixels or ${limits.instances} instances.`,
      415: "The body is no picture.",
      422: "The picture is damaged, or has other channels.",
      503: "Too many requests wait, or it waited too long; Retry-After says when to try again.",
    }).map(([status, description]) => [status, {
      description,
      content: {
        "application/json": {
          schema: { type: "object", properties: { error: { type: "string" } } },
        },
      },
    }]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Pairlab",
      version,
      description:
        "Pictures in, pictures out. Pictures of another size are brought to the network's.",
    },
    ...secured
      ? {
        components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
        security: [{ token: [] }],
      }
      : {},
    paths: {
      "/v1/models": {
        get: { summary: "All models.", responses: { 200: { description: "A list." } } },
      },
      "/v1/models/{name}": {
        get: {
          summary: "One model: its sizes, mode and state.",
          parameters: [nameParameter(models)],
          responses: { 200: { description: "The model." }, 404: refusals["404"] },
        },
      },
      "/v1/models/{name}:predict": {
        post: {
          summary: "Translate a picture.",
          parameters: [nameParameter(models)],
          requestBody: {
            required: true,
            content: {
              "image/*": picture,
              "multipart/form-data": {
                schema: { type: "object", properties: { picture: picture.schema } },
              },
              "application/json": list("instances"),
            },
          },
          responses: {
            200: {
              description:
                "A PNG for a picture (a JPEG where Accept asks for one), or JSON for JSON.",
              content: {
                "image/png": picture,
                "image/jpeg": picture,
                "application/json": list("predictions"),
              },
            },
            ...refusals,
          },
        },
      },
      "/health": {
        get: { summary: "The process is alive.", responses: { 200: { description: "Yes." } } },
      },
      "/ready": {
        get: {
          summary: "Requests are taken.",
          responses: { 200: { description: "Yes." }, 503: { description: "It is stopping." } },
        },
      },
      "/metrics": {
        get: { summary: "Prometheus' text.", responses: { 200: { description: "Counters." } } },
      },
    },
  };
}

function nameParameter(models: readonly ServedModel[]) {
  const names = models.map(({ name }) => name);
  return { name: "name", in: "path", required: true, schema: { type: "string", enum: names } };
}
