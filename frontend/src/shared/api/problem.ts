/** What the server refuses with (RFC 9457): its `detail` is the sentence to show. */

export class Problem extends Error {
  readonly status: number;
  /** Last part of the problem's `type`, for example `consent-missing`; "" when there was no answer. */
  readonly slug: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(
      typeof body.detail === "string"
        ? body.detail
        : typeof body.title === "string"
          ? body.title
          : "",
    );
    this.status = status;
    this.slug = typeof body.type === "string" ? (body.type.split(/[/#:]/).pop() ?? "") : "";
    this.body = body;
  }
}

/** True for "there is nothing here that you can open": absent and forbidden read alike. */
export function isAbsent(error: unknown): boolean {
  return (
    error instanceof Problem &&
    (error.status === 404 || error.status === 403 || error.status === 410)
  );
}
