/** What can stop one recording, named so that the page can say what is safe and what helps. */

export type ProblemKind =
  /** The phone gave an empty file: a cloud placeholder, or a recording never finished. */
  | "empty"
  /** The phone refuses to read the file (again): moved, deleted, or only in the cloud. */
  | "unreadable"
  /** The archive takes no file of this size. */
  | "too-large"
  /** The archive takes no file of this kind. */
  | "wrong-kind"
  /** No room: the archive's disk or this account's share is full. */
  | "no-room"
  /** A server in front of the archive refuses a request as long as one part. */
  | "front-refuses"
  /** The same part arrived damaged again and again. */
  | "damaged"
  /** Fresh addresses are refused again and again (a wrong clock on one side). */
  | "address-refused"
  /** The archive was asked by somebody who is not signed in (any more). */
  | "signed-out"
  /** The file chosen to go on with is not the file of before; nothing was sent or thrown away. */
  | "other-file"
  /** The upload was closed elsewhere, or the archive let it go after a week without a part. */
  | "gone"
  /** Parts did not reach the archive's disk as they were sent; only those have to come again. */
  | "incomplete"
  /** The whole was read back and is not what was promised, or is refused for what it holds. */
  | "rejected"
  /** Anything else the archive refuses; its own sentence says why. */
  | "refused";

/** A recording that cannot go on by waiting alone. `detail` is the archive's own sentence, if any. */
export class UploadProblem extends Error {
  readonly kind: ProblemKind;
  readonly detail: string;
  /** Size of the longest part in bytes, for the sentence about the server in front; else 0. */
  readonly partBytes: number;

  constructor(kind: ProblemKind, detail = "", partBytes = 0) {
    super(detail || kind);
    this.name = "UploadProblem";
    this.kind = kind;
    this.detail = detail;
    this.partBytes = partBytes;
  }
}

/** The archive's API answered with an error status; `body` is its problem+json or empty. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(typeof body.detail === "string" ? body.detail : `status ${status}`);
    this.name = "ApiRefusal";
    this.status = status;
    this.body = body;
  }

  /** The sentence the archive wants shown, or "" when something else answered in its place. */
  get sentence(): string {
    return typeof this.body.detail === "string" ? this.body.detail : "";
  }
}

/** The store refused one part. `ours` tells the archive's own answer from that of a server in front. */
export class PartRefusal extends Error {
  readonly status: number;
  readonly ours: boolean;

  constructor(status: number, ours: boolean) {
    super(`part refused with status ${status}`);
    this.name = "PartRefusal";
    this.status = status;
    this.ours = ours;
  }
}

/** Nothing answered: no network, a dead line, a server that is starting again. */
export class NetworkDown extends Error {
  constructor(cause?: unknown) {
    super("nothing answered", { cause });
    this.name = "NetworkDown";
  }
}

/** True for answers that time alone may mend, so that the upload waits instead of stopping. */
export function passes(error: unknown): boolean {
  if (error instanceof NetworkDown) return true;
  const status =
    error instanceof ApiRefusal || error instanceof PartRefusal ? error.status : undefined;
  if (status === undefined || status === 507) return false;
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Turn an answer of the API that no waiting mends into the problem the page shows. */
export function problemOf(refusal: ApiRefusal): UploadProblem {
  const kinds: Partial<Record<number, ProblemKind>> = {
    401: "signed-out",
    404: "gone",
    410: "gone",
    413: "too-large",
    415: "wrong-kind",
    507: "no-room",
  };
  const slug = String(refusal.body.type ?? "")
    .split("#")
    .pop();
  // The archive has room, this account has not: waiting helps nothing, and the sentence says what does.
  const own: Record<string, ProblemKind> = { "upload-closed": "gone", "quota-used-up": "refused" };
  const kind = own[slug ?? ""] ?? kinds[refusal.status] ?? "refused";
  return new UploadProblem(kind, refusal.sentence);
}
