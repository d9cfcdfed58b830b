/** The API's shapes under the names that the pages use; the generated file says what they are. */
import type { components } from "./schema.gen";

type Shapes = components["schemas"];

export type Account = Shapes["AccountRead"];
export type Role = Account["role"];
export type Session = Shapes["SessionRead"];
export type Invitation = Shapes["LinkRead"];
export type Name = Shapes["PersonNameRead"];
export type Narrator = Shapes["PersonRead"];
export type Text = Shapes["TitleForm"];
export type Segment = Shapes["BraidSegment"];
export type Summary = Shapes["Summary"];
export type StoryItem = Shapes["StoryItem"];
export type Story = Shapes["StoryRead"];
export type Consent = Shapes["ConsentRead"];
export type Level = Shapes["PublishRequest"]["level"];
export type Recording = Shapes["RecordingRead"];
export type Warning = Shapes["WarningRead"];
export type Word = Shapes["WordRead"];
/** A cue; while it is being written down it also has an id and, where it is doubtful, the reason. */
export type Cue = Shapes["CueRead"] & Partial<Pick<Shapes["LiveCue"], "id" | "reason">>;
export type LiveCue = Shapes["LiveCue"];
export type Transcript = Shapes["TranscriptRead"];
export type Progress = Shapes["ProgressRead"];
export type Home = Shapes["Home"];
/** The client reads pairs as lists of numbers. */
export type Hit = Omit<Shapes["HitRead"], "spans"> & { spans: number[][] };
export type FoundStory = Omit<Shapes["StoryHits"], "hits"> & { hits: Hit[] };
export type SearchAnswer = Omit<Shapes["SearchPage"], "items"> & { items: FoundStory[] };

/** A stretch of sound on a recording's clock. */
export type Span = { start_ms: number; end_ms: number };
