/** The shapes of the API by hand, until the generated file takes their place. */

export type Text = { language: string | null; text: string };
export type Name = { text: string; language: string | null; script: string | null };
export type Narrator = { id: string; names: Name[] };
export type Span = { start_ms: number; end_ms: number };
export type Segment = Span & { tag: string };
export type LanguageTime = { tag: string; ms: number };
export type Role = "registered" | "researcher" | "volunteer" | "archivist" | "admin";
export type Account = { id: string; email: string; name: string; role: Role };
export type Session = { account: Account | null; set_up: boolean; insecure: boolean };
export type Invitation = { kind: "setup" | "invite" | "reset"; email: string | null; role: Role };
export type Summary = {
  duration_ms: number;
  languages: LanguageTime[];
  braid: Segment[];
  first_sentence: (Span & { text: string; language: string | null; recording_id: string }) | null;
  poster_url: string | null;
  progress: "empty" | "processing" | "ready" | "failed";
};
export type Level = "public" | "registered" | "staff";
export type StoryItem = {
  id: string;
  identifier: string;
  title: string;
  title_forms: Text[];
  narrators: Narrator[];
  summary: Summary;
  state: "draft" | "published";
  level: string | null;
  published_at: string | null;
  created_at: string;
  fictional: boolean;
  recorded_on: string | null;
  place: string | null;
};
export type Consent = {
  kind: string;
  scope: string[];
  statement: string;
  given_by: string;
  fictional: boolean;
  created_at: string;
  language: string | null;
};
export type Warning = { slug: string; sentence: string };
export type Recording = {
  id: string;
  number: number;
  state: string;
  step: string | null;
  reason: string | null;
  duration_ms: number | null;
  has_sound: boolean;
  has_picture: boolean;
  warnings: Warning[];
  gaps: Span[];
  media: { track: string; channels: string } | null;
  sound_url: string | null;
  waveform_url: string | null;
  poster_url: string | null;
  master_url: string | null;
  filename: string | null;
  transcript: {
    version: number;
    status: string;
    machine: boolean;
    languages: string[];
    warnings: Warning[];
  } | null;
};
export type Story = StoryItem & {
  description: string | null;
  collection: { id: string; title: string } | null;
  languages: string[];
  machine_text_allowed: boolean;
  version: number;
  consents: Consent[];
  may: Record<
    "edit" | "publish" | "upload" | "transcribe" | "hear" | "read" | "see_doubtful",
    boolean
  >;
  recordings: Recording[];
};
export type Word = Span & { text: string; probability: number | null };
export type Cue = Span & {
  id?: string;
  recording_id: string;
  language: string | null;
  speaker: string | null;
  text: string;
  words: Word[];
  doubtful: boolean;
  provenance: unknown;
};
export type Transcript = {
  story_id: string;
  transcripts: {
    recording_id: string;
    version: number;
    status: string;
    untranscribed: (Span & { reason: string })[];
  }[];
  cues: Cue[];
};
export type Progress = {
  state: string;
  step: string | null;
  done_ms: number;
  total_ms: number;
  seconds_left: number | null;
};
export type Home = {
  voice:
    | (Span & {
        story: StoryItem;
        recording_id: string;
        recording_number: number;
        text: string;
        language: string | null;
      })
    | null;
  languages: { tag: string; stories: number }[];
  newest: StoryItem[];
  total_stories: number;
  collections: { id: string; title: string; description: string | null; stories: number }[];
};
export type Hit = {
  passage_id: string;
  story_id: string;
  recording_id: string | null;
  recording_number: number | null;
  start_ms: number | null;
  end_ms: number | null;
  text: string;
  spans: [number, number][];
  via: string;
  language: string | null;
  speaker: string | null;
  matched_as: string | null;
};
export type FoundStory = {
  story_id: string;
  title: string;
  narrators: Narrator[];
  summary: Summary;
  hits: Hit[];
  hits_in_story: number;
};
export type SearchAnswer = {
  items: FoundStory[];
  total_stories: number;
  total_moments: number;
  facets: Record<"language" | "collection" | "person" | "place", Record<string, number>>;
  corrected: string | null;
  degraded: boolean;
};
