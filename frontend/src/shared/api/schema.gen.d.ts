/** Made by `npm run api` from the server's own description; not to be edited. */

export interface paths {
    "/api/v1/admin/owed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Owed
         * @description Work that is owed, running or failed, the longest waiting first, and all of it counted.
         */
        get: operations["list_owed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/owed/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Owed
         * @description Try failed work again.
         */
        post: operations["retry_owed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Workers
         * @description The worker processes that live.
         */
        get: operations["list_workers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Collections
         * @description Every collection with the number of its stories that you may hear.
         */
        get: operations["list_collections"];
        put?: never;
        /**
         * Create Collection
         * @description A new collection.
         */
        post: operations["create_collection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/door": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look At Door
         * @description Tell our own ``doctor`` how its request arrived, and a second later that the stream went on.
         *
         *     Two short server-sent events, as live words come. Without a right that the archive's secret signed there is
         *     nothing here.
         */
        get: operations["look_at_door"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live
         * @description Say that the process answers; looks at nothing else.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ready
         * @description Say within five seconds whether readers can be served, for a proxy or a supervisor.
         *
         *     Looked at once in five seconds. Search at rest or work that waits do not make it unready: browsing, listening and
         *     reading go on without them.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/home": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Home
         * @description The first page: one voice, the languages heard, what is new.
         */
        get: operations["home"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept Invitation
         * @description Use a link: make the account, or set its new password, and sign in.
         */
        post: operations["accept_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look At Invitation
         * @description What a link is for; changes nothing, so that mail scanners and previews use nothing up.
         */
        post: operations["look_at_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/languages/advice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Language Advice
         * @description Sentences about the chosen languages with a model, or with the one this archive is set to.
         */
        get: operations["language_advice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/objects/parts/{ref}/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put Part
         * @description Take the bytes of one part; they count once their digest is the announced one.
         */
        put: operations["put_part"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/cues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live Cues
         * @description Cues committed since ``after``, for those who may edit the story.
         */
        get: operations["live_cues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recording Events
         * @description Progress and cues once a second as server-sent events; nothing lives only in them.
         */
        get: operations["recording_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/master": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recording Master
         * @description The original as it was sent, for download, for those who may have it.
         */
        get: operations["recording_master"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/poster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recording Poster
         * @description A still picture, JPEG.
         */
        get: operations["recording_poster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recording Progress
         * @description How far the recording is.
         */
        get: operations["recording_progress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/sound": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recording Sound
         * @description The copy for listening (for a film: for watching).
         */
        get: operations["recording_sound"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/transcribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transcribe Again
         * @description Make a new version with other languages or another model; the old one stays.
         */
        post: operations["transcribe_again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/waveform": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recording Waveform
         * @description The waveform: an audiowaveform .dat file of version 2, 20 points a second.
         */
        get: operations["recording_waveform"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search
         * @description Stories in which every word is said, with up to three moments each.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggest
         * @description Words that go on from what was typed.
         */
        get: operations["suggest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Current Session
         * @description Who is signed in; for a stranger whether the archive has been set up.
         */
        get: operations["current_session"];
        put?: never;
        /**
         * Sign In
         * @description Sign in by e-mail and password; sets the session cookie.
         */
        post: operations["sign_in"];
        /**
         * Sign Out
         * @description Sign out on this device; for a stranger nothing happens.
         */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Sessions
         * @description Where this account is signed in.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sign_in_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End Session
         * @description Sign this account out on one device.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Stories
         * @description Published stories that you may hear, newest first; ``mine``: your own, drafts too.
         */
        get: operations["list_stories"];
        put?: never;
        /**
         * Create Story
         * @description A new story, a draft of yours; the same Idempotency-Key again gives the same story.
         */
        post: operations["create_story"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stories/{story_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Story
         * @description A story with its recordings.
         */
        get: operations["read_story"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change Story
         * @description Change the fields that you send; 409 when somebody changed the story since ``version``.
         */
        patch: operations["change_story"];
        trace?: never;
    };
    "/api/v1/stories/{story_id}/braid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Braid
         * @description Which language is heard when.
         */
        get: operations["read_braid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stories/{story_id}/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Consents
         * @description The story's consent records, for those who may edit it.
         */
        get: operations["list_consents"];
        put?: never;
        /**
         * Add Consent
         * @description Add a record of what the narrator agreed to; records are never changed or removed.
         */
        post: operations["add_consent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stories/{story_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish Story
         * @description Let the readers of a level hear it; needs a consent record that covers the level.
         */
        post: operations["publish_story"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stories/{story_id}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Story
         * @description Every moment of one story in the order of the sound.
         */
        get: operations["search_story"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stories/{story_id}/transcript": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Transcript
         * @description The transcript as you may read it; ``vtt`` and ``srt`` of one recording.
         */
        get: operations["read_transcript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stories/{story_id}/unpublish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw
         * @description Make a story a draft again; it cannot be found any more once this answers.
         */
        post: operations["unpublish_story"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Uploads
         * @description Your own uploads, newest first; ``open``: those that still want something.
         */
        get: operations["list_uploads"];
        put?: never;
        /**
         * Begin Upload
         * @description Begin an upload; the same Idempotency-Key again gives the same upload.
         */
        post: operations["begin_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read Upload
         * @description How far your upload is; from ``stored`` on, how far its recording is.
         */
        get: operations["read_upload"];
        put?: never;
        post?: never;
        /**
         * Cancel Upload
         * @description Call it off; what was sent is forgotten.
         */
        delete: operations["cancel_upload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete Upload
         * @description Say that all parts are sent; again = the same. Safe it is only at ``stored``.
         */
        post: operations["complete_upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Upload Events
         * @description The body of the upload whenever it changes, once a second at most, as server-sent events.
         */
        get: operations["upload_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{upload_id}/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give Part Addresses
         * @description Fresh addresses for parts, at any time; an address that got old costs nothing.
         */
        post: operations["give_part_addresses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AccountRead
         * @description An account as its owner sees it.
         */
        AccountRead: {
            /** Email */
            email: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Role
             * @enum {string}
             */
            role: "stranger" | "registered" | "researcher" | "volunteer" | "archivist" | "admin";
        };
        /**
         * BraidRead
         * @description The braid of every recording of a story.
         */
        BraidRead: {
            /** Recordings */
            recordings: components["schemas"]["RecordingBraid"][];
        };
        /**
         * BraidSegment
         * @description A stretch in which one language is heard.
         */
        BraidSegment: {
            /** End Ms */
            end_ms: number;
            /** Start Ms */
            start_ms: number;
            /** Tag */
            tag: string;
        };
        /**
         * CollectionCard
         * @description A collection on the home page.
         */
        CollectionCard: {
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Stories */
            stories: number;
            /** Title */
            title: string;
        };
        /**
         * CollectionCreate
         * @description A new collection.
         */
        CollectionCreate: {
            /**
             * Description
             * @default
             */
            description: string;
            /** Title */
            title: string;
        };
        /**
         * CollectionList
         * @description All collections.
         */
        CollectionList: {
            /** Items */
            items: components["schemas"]["CollectionRead"][];
        };
        /**
         * CollectionName
         * @description A collection by name.
         */
        CollectionName: {
            /** Id */
            id: string;
            /** Title */
            title: string;
        };
        /**
         * CollectionRead
         * @description A collection with the number of its stories that this reader may know of.
         */
        CollectionRead: {
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Identifier */
            identifier: string;
            /** Stories */
            stories: number;
            /** Title */
            title: string;
        };
        /**
         * CompleteAnswer
         * @description What became of it; the recording answers from ``stored`` on.
         */
        CompleteAnswer: {
            /** Recording Id */
            recording_id: string;
            /** State */
            state: string;
        };
        /**
         * CompleteRequest
         * @description All parts of the file.
         */
        CompleteRequest: {
            /** Parts */
            parts: components["schemas"]["PartSent"][];
        };
        /**
         * ConsentCreate
         * @description A consent record added later.
         */
        ConsentCreate: {
            /** Audience */
            audience?: ("public" | "registered" | "staff") | null;
            /** Given By */
            given_by: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "contributor_statement" | "consent_agreement" | "release_form";
            /**
             * Language
             * @default en
             */
            language: string;
            /** Scope */
            scope: ("listen" | "read" | "quote" | "download" | "publish_online" | "process_by_ai")[];
            /** Statement */
            statement: string;
        };
        /**
         * ConsentList
         * @description Consent records, oldest first.
         */
        ConsentList: {
            /** Items */
            items: components["schemas"]["ConsentRead"][];
        };
        /**
         * ConsentRead
         * @description A consent record; ``statement`` and ``given_by`` are empty for those who may not edit the story.
         */
        ConsentRead: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Fictional */
            fictional: boolean;
            /** Given By */
            given_by: string;
            /** Kind */
            kind: string;
            /** Language */
            language: string;
            /** Scope */
            scope: string[];
            /** Statement */
            statement: string;
        };
        /**
         * ConsentWrite
         * @description What the narrator agreed to, in the words of who says so.
         */
        ConsentWrite: {
            /** Audience */
            audience?: ("public" | "registered" | "staff") | null;
            /** Given By */
            given_by: string;
            /**
             * Language
             * @default en
             */
            language: string;
            /** Scope */
            scope: ("listen" | "read" | "quote" | "download" | "publish_online" | "process_by_ai")[];
            /** Statement */
            statement: string;
        };
        /**
         * CueRead
         * @description The smallest timed text; a doubtful one has no words for readers.
         */
        CueRead: {
            /** Doubtful */
            doubtful: boolean;
            /** End Ms */
            end_ms: number;
            /** Language */
            language: string;
            /** Provenance */
            provenance: {
                [key: string]: unknown;
            };
            /** Recording Id */
            recording_id: string;
            /** Speaker */
            speaker: string | null;
            /** Start Ms */
            start_ms: number;
            /** Text */
            text: string;
            /** Words */
            words: components["schemas"]["WordRead"][];
        };
        /**
         * GapRead
         * @description A pause of the recorder: silence on the media clock.
         */
        GapRead: {
            /** End Ms */
            end_ms: number;
            /** Start Ms */
            start_ms: number;
        };
        /** HTTPValidationError */
        HTTPValidationError: {
            /** Detail */
            detail?: components["schemas"]["ValidationError"][];
        };
        /**
         * Health
         * @description Whether the process answers.
         */
        Health: {
            /**
             * Ok
             * @constant
             */
            ok: true;
        };
        /**
         * HitRead
         * @description A moment: times of the first and last matched word, spans in code points of ``text``.
         */
        HitRead: {
            /** End Ms */
            end_ms: number | null;
            /** Language */
            language: string | null;
            /** Matched As */
            matched_as: string | null;
            /** Passage Id */
            passage_id: string;
            /** Recording Id */
            recording_id: string | null;
            /** Recording Number */
            recording_number: number | null;
            /** Spans */
            spans: [
                number,
                number
            ][];
            /** Speaker */
            speaker: string | null;
            /** Start Ms */
            start_ms: number | null;
            /** Story Id */
            story_id: string;
            /** Text */
            text: string;
            /**
             * Via
             * @enum {string}
             */
            via: "exact" | "alias" | "typo";
        };
        /**
         * Home
         * @description What the first page shows, of what this reader may hear.
         */
        Home: {
            /** Collections */
            collections: components["schemas"]["CollectionCard"][];
            /** Languages */
            languages: components["schemas"]["LanguageCount"][];
            /** Newest */
            newest: components["schemas"]["StoryItem"][];
            /** Total Stories */
            total_stories: number;
            voice: components["schemas"]["Voice"] | null;
        };
        /**
         * LanguageAdvice
         * @description What to know of languages before a model hears them.
         */
        LanguageAdvice: {
            /** Model */
            model: string;
            /** Warnings */
            warnings: components["schemas"]["WarningRead"][];
        };
        /**
         * LanguageCount
         * @description A language and how many stories it is heard in.
         */
        LanguageCount: {
            /** Stories */
            stories: number;
            /** Tag */
            tag: string;
        };
        /**
         * LanguageShare
         * @description How long a language is heard.
         */
        LanguageShare: {
            /** Ms */
            ms: number;
            /** Tag */
            tag: string;
        };
        /**
         * LinkAccept
         * @description A link that is used; ``email`` for the set-up link only.
         */
        LinkAccept: {
            /** Email */
            email?: string | null;
            /** Name */
            name: string;
            /** Password */
            password: string;
            /** Token */
            token: string;
        };
        /**
         * LinkLook
         * @description A link that is only looked at.
         */
        LinkLook: {
            /** Token */
            token: string;
        };
        /**
         * LinkRead
         * @description What a link is for.
         */
        LinkRead: {
            /** Email */
            email: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "setup" | "invite" | "reset";
            /**
             * Role
             * @enum {string}
             */
            role: "stranger" | "registered" | "researcher" | "volunteer" | "archivist" | "admin";
        };
        /**
         * LiveCue
         * @description A cue as its contributor sees it arrive.
         */
        LiveCue: {
            /** Doubtful */
            doubtful: boolean;
            /** End Ms */
            end_ms: number;
            /** Id */
            id: string;
            /** Language */
            language: string;
            /** Provenance */
            provenance: {
                [key: string]: unknown;
            };
            /** Reason */
            reason: string | null;
            /** Recording Id */
            recording_id: string;
            /** Speaker */
            speaker: string | null;
            /** Start Ms */
            start_ms: number;
            /** Text */
            text: string;
            /** Words */
            words: components["schemas"]["WordRead"][];
        };
        /**
         * LiveCues
         * @description Cues that arrived since ``after``, and where to go on.
         */
        LiveCues: {
            /** Items */
            items: components["schemas"]["LiveCue"][];
            /** Next */
            next: string;
            /** Untranscribed */
            untranscribed: components["schemas"]["UntranscribedRead"][];
        };
        /**
         * May
         * @description What this reader may do with the story.
         */
        May: {
            /** Edit */
            edit: boolean;
            /** Hear */
            hear: boolean;
            /** Publish */
            publish: boolean;
            /** Read */
            read: boolean;
            /** See Doubtful */
            see_doubtful: boolean;
            /** Transcribe */
            transcribe: boolean;
            /** Upload */
            upload: boolean;
        };
        /**
         * MediaRead
         * @description What was taken of the file, in words.
         */
        MediaRead: {
            /** Channels */
            channels: string;
            /** Track */
            track: string;
        };
        /**
         * OwedCount
         * @description All rows that are owed the same job and are in the same state.
         */
        OwedCount: {
            /** Count */
            count: number;
            /** Job */
            job: string;
            /**
             * Oldest
             * Format: date-time
             */
            oldest: string;
            /** State */
            state: string;
        };
        /**
         * OwedList
         * @description What is owed, the longest waiting first.
         */
        OwedList: {
            /** Counts */
            counts: components["schemas"]["OwedCount"][];
            /** Items */
            items: components["schemas"]["OwedRead"][];
            /** Left Off */
            left_off: number;
        };
        /**
         * OwedRead
         * @description One row that is owed something.
         */
        OwedRead: {
            /** Attempts */
            attempts: number;
            /** Crashes */
            crashes: number;
            /** Id */
            id: string;
            /** Job */
            job: string;
            /** Reason */
            reason: string | null;
            /**
             * Since
             * Format: date-time
             */
            since: string;
            /** State */
            state: string;
        };
        /**
         * PartAddressRead
         * @description Where one part goes.
         */
        PartAddressRead: {
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Headers */
            headers: {
                [key: string]: string;
            };
            /** Method */
            method: string;
            /** Number */
            number: number;
            /** Url */
            url: string;
        };
        /**
         * PartHealth
         * @description One part of the archive as this process reaches it.
         */
        PartHealth: {
            /** Ok */
            ok: boolean;
            /**
             * Part
             * @enum {string}
             */
            part: "database" | "objects" | "search" | "work" | "index";
        };
        /**
         * PartSent
         * @description A part as its sender names it at the end.
         */
        PartSent: {
            /** Etag */
            etag: string;
            /** Number */
            number: number;
            /** Sha256 */
            sha256: string;
        };
        /**
         * PartWanted
         * @description A part that the sender has, by its digest.
         */
        PartWanted: {
            /** Number */
            number: number;
            /** Sha256 */
            sha256: string;
        };
        /**
         * PartsAnswer
         * @description Addresses for what is asked for, and the numbers of the parts that are there.
         *
         *     A part of the request that is there with another digest is not in ``received``: it must be sent again.
         */
        PartsAnswer: {
            /** Parts */
            parts: components["schemas"]["PartAddressRead"][];
            /** Received */
            received: number[];
        };
        /**
         * PartsRequest
         * @description Parts that want an address.
         */
        PartsRequest: {
            /** Parts */
            parts: components["schemas"]["PartWanted"][];
        };
        /**
         * PersonNameRead
         * @description One form of a name.
         */
        PersonNameRead: {
            /** Language */
            language: string | null;
            /** Script */
            script: string | null;
            /** Text */
            text: string;
        };
        /**
         * PersonNameWrite
         * @description One form of a name as somebody gives it.
         */
        PersonNameWrite: {
            /** Language */
            language?: string | null;
            /** Script */
            script?: string | null;
            /** Text */
            text: string;
        };
        /**
         * PersonRead
         * @description A person with all forms of their name, the one shown first at the head.
         */
        PersonRead: {
            /** Id */
            id: string;
            /** Names */
            names: components["schemas"]["PersonNameRead"][];
        };
        /**
         * PersonWrite
         * @description A person by their names, the one shown first at the head.
         */
        PersonWrite: {
            /** Names */
            names: components["schemas"]["PersonNameWrite"][];
        };
        /** Problem */
        Problem: {
            detail: string;
            status: number;
            title: string;
            type: string;
        };
        /**
         * ProgressRead
         * @description How far a recording is.
         */
        ProgressRead: {
            /** Done Ms */
            done_ms: number;
            /** Seconds Left */
            seconds_left: number | null;
            /** State */
            state: string;
            /** Step */
            step: string | null;
            /** Total Ms */
            total_ms: number;
        };
        /**
         * PublishRequest
         * @description Who may hear it from now on.
         */
        PublishRequest: {
            /**
             * Level
             * @enum {string}
             */
            level: "public" | "registered" | "staff";
        };
        /**
         * Readiness
         * @description Whether this process can serve readers; no count, which would tell of stories that readers may not see.
         */
        Readiness: {
            /** Ok */
            ok: boolean;
            /** Oldest Owed Seconds */
            oldest_owed_seconds: number | null;
            /** Parts */
            parts: components["schemas"]["PartHealth"][];
            /** Search Behind Seconds */
            search_behind_seconds: number | null;
        };
        /**
         * RecordingBraid
         * @description The languages of one recording, most spoken first, and where each is heard.
         */
        RecordingBraid: {
            /** Languages */
            languages: components["schemas"]["LanguageShare"][];
            /** Recording Id */
            recording_id: string;
            /** Segments */
            segments: components["schemas"]["BraidSegment"][];
        };
        /**
         * RecordingRead
         * @description A recording as the story's page shows it.
         */
        RecordingRead: {
            /** Duration Ms */
            duration_ms: number;
            /** Filename */
            filename: string | null;
            /** Gaps */
            gaps: components["schemas"]["GapRead"][];
            /** Has Picture */
            has_picture: boolean;
            /** Has Sound */
            has_sound: boolean;
            /** Id */
            id: string;
            /** Master Url */
            master_url: string | null;
            media: components["schemas"]["MediaRead"] | null;
            /** Number */
            number: number;
            /** Poster Url */
            poster_url: string | null;
            /** Reason */
            reason: string | null;
            /** Sound Url */
            sound_url: string | null;
            /** State */
            state: string;
            /** Step */
            step: string | null;
            transcript: components["schemas"]["TranscriptSummary"] | null;
            /** Warnings */
            warnings: components["schemas"]["WarningRead"][];
            /** Waveform Url */
            waveform_url: string | null;
        };
        /**
         * RetryRead
         * @description What will be tried.
         */
        RetryRead: {
            /** Id */
            id: string;
            /** Job */
            job: string;
        };
        /**
         * RetryRequest
         * @description The work to try again.
         */
        RetryRequest: {
            /** Id */
            id: string;
            /** Job */
            job: string;
        };
        /**
         * SearchPage
         * @description A page of stories; counts and facets are of what this reader may know.
         */
        SearchPage: {
            /** Corrected */
            corrected: string | null;
            /** Degraded */
            degraded: boolean;
            /** Facets */
            facets: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /** Items */
            items: components["schemas"]["StoryHits"][];
            /** Total Moments */
            total_moments: number;
            /** Total Stories */
            total_stories: number;
        };
        /**
         * Sentence
         * @description A sentence somebody said, with its second.
         */
        Sentence: {
            /** End Ms */
            end_ms: number;
            /** Language */
            language: string;
            /** Recording Id */
            recording_id: string;
            /** Recording Number */
            recording_number: number;
            /** Start Ms */
            start_ms: number;
            /** Text */
            text: string;
        };
        /**
         * SessionRead
         * @description Who is signed in, whether the archive has an admin, whether cookies travel in the clear.
         */
        SessionRead: {
            account: components["schemas"]["AccountRead"] | null;
            /** Insecure */
            insecure: boolean;
            /** Set Up */
            set_up: boolean;
        };
        /**
         * SignInCreate
         * @description Who wants in.
         */
        SignInCreate: {
            /** Email */
            email: string;
            /** Password */
            password: string;
        };
        /**
         * SignInList
         * @description All of them, last used first.
         */
        SignInList: {
            /** Items */
            items: components["schemas"]["SignInRead"][];
        };
        /**
         * SignInRead
         * @description One signed-in browser of the account.
         */
        SignInRead: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Current */
            current: boolean;
            /** Id */
            id: string;
            /**
             * Seen At
             * Format: date-time
             */
            seen_at: string;
            /** User Agent */
            user_agent: string;
        };
        /**
         * StoryCreate
         * @description A new story, a draft.
         */
        StoryCreate: {
            /** Collection Id */
            collection_id?: string | null;
            consent?: components["schemas"]["ConsentWrite"] | null;
            /**
             * Description
             * @default
             */
            description: string;
            /** Languages */
            languages?: string[];
            /**
             * Machine Text Allowed
             * @default true
             */
            machine_text_allowed: boolean;
            /** Narrators */
            narrators?: components["schemas"]["PersonWrite"][];
            /** Place */
            place?: string | null;
            /** Recorded On */
            recorded_on?: string | null;
            /**
             * Title
             * @default
             */
            title: string;
            /** Title Forms */
            title_forms?: components["schemas"]["TitleForm"][];
        };
        /**
         * StoryHits
         * @description A story with at most three of its moments.
         */
        StoryHits: {
            /** Hits */
            hits: components["schemas"]["HitRead"][];
            /** Hits In Story */
            hits_in_story: number;
            /** Narrators */
            narrators: components["schemas"]["PersonRead"][];
            /** Story Id */
            story_id: string;
            summary: components["schemas"]["Summary"];
            /** Title */
            title: string;
        };
        /**
         * StoryItem
         * @description A story in a list.
         */
        StoryItem: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Fictional */
            fictional: boolean;
            /** Id */
            id: string;
            /** Identifier */
            identifier: string;
            /** Level */
            level: string | null;
            /** Narrators */
            narrators: components["schemas"]["PersonRead"][];
            /** Place */
            place: string | null;
            /** Published At */
            published_at: string | null;
            /** Recorded On */
            recorded_on: string | null;
            /** State */
            state: string;
            summary: components["schemas"]["Summary"];
            /** Title */
            title: string;
            /** Title Forms */
            title_forms: components["schemas"]["TitleForm"][];
        };
        /**
         * StoryList
         * @description A page of stories.
         */
        StoryList: {
            /** Items */
            items: components["schemas"]["StoryItem"][];
            /** Next */
            next: string | null;
        };
        /**
         * StoryRead
         * @description A story with its recordings.
         */
        StoryRead: {
            collection: components["schemas"]["CollectionName"] | null;
            /** Consents */
            consents: components["schemas"]["ConsentRead"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            /** Fictional */
            fictional: boolean;
            /** Id */
            id: string;
            /** Identifier */
            identifier: string;
            /** Languages */
            languages: string[];
            /** Level */
            level: string | null;
            /** Machine Text Allowed */
            machine_text_allowed: boolean;
            may: components["schemas"]["May"];
            /** Narrators */
            narrators: components["schemas"]["PersonRead"][];
            /** Place */
            place: string | null;
            /** Published At */
            published_at: string | null;
            /** Recorded On */
            recorded_on: string | null;
            /** Recordings */
            recordings: components["schemas"]["RecordingRead"][];
            /** State */
            state: string;
            summary: components["schemas"]["Summary"];
            /** Title */
            title: string;
            /** Title Forms */
            title_forms: components["schemas"]["TitleForm"][];
            /** Version */
            version: number;
        };
        /**
         * StorySearch
         * @description All moments of one story in the order of the sound.
         */
        StorySearch: {
            /** Items */
            items: components["schemas"]["HitRead"][];
            /** Total */
            total: number;
        };
        /**
         * StoryUpdate
         * @description The fields that are sent are changed; ``version`` is the one that was read.
         */
        StoryUpdate: {
            /** Collection Id */
            collection_id?: string | null;
            /**
             * Description
             * @default
             */
            description: string;
            /** Languages */
            languages?: string[];
            /**
             * Machine Text Allowed
             * @default true
             */
            machine_text_allowed: boolean;
            /** Narrators */
            narrators?: components["schemas"]["PersonWrite"][];
            /** Place */
            place?: string | null;
            /** Recorded On */
            recorded_on?: string | null;
            /**
             * Title
             * @default
             */
            title: string;
            /** Title Forms */
            title_forms?: components["schemas"]["TitleForm"][];
            /** Version */
            version: number;
        };
        /**
         * Suggestions
         * @description Words that go on from what was typed.
         */
        Suggestions: {
            /** Items */
            items: string[];
        };
        /**
         * Summary
         * @description What lists show of a story.
         */
        Summary: {
            /** Braid */
            braid: components["schemas"]["BraidSegment"][];
            /** Duration Ms */
            duration_ms: number;
            first_sentence: components["schemas"]["Sentence"] | null;
            /** Languages */
            languages: components["schemas"]["LanguageShare"][];
            /** Poster Url */
            poster_url: string | null;
            /** Progress */
            progress: string;
        };
        /**
         * TitleForm
         * @description A title in another language.
         */
        TitleForm: {
            /** Language */
            language: string;
            /** Text */
            text: string;
        };
        /**
         * TranscribeAccepted
         * @description The new version's number.
         */
        TranscribeAccepted: {
            /** Version */
            version: number;
        };
        /**
         * TranscribeRequest
         * @description Transcribe again with other languages or another model.
         */
        TranscribeRequest: {
            /** Languages */
            languages?: string[];
            /** Model */
            model?: string | null;
        };
        /**
         * TranscriptRead
         * @description The transcript of a story, recording by recording, cues by time.
         */
        TranscriptRead: {
            /** Cues */
            cues: components["schemas"]["CueRead"][];
            /** Story Id */
            story_id: string;
            /** Transcripts */
            transcripts: components["schemas"]["TranscriptState"][];
        };
        /**
         * TranscriptState
         * @description Which version of a recording's transcript the cues are from.
         */
        TranscriptState: {
            /** Recording Id */
            recording_id: string;
            /** Status */
            status: string;
            /** Untranscribed */
            untranscribed: components["schemas"]["UntranscribedRead"][];
            /** Version */
            version: number;
        };
        /**
         * TranscriptSummary
         * @description The transcript of a recording in one line.
         */
        TranscriptSummary: {
            /** Languages */
            languages: string[];
            /** Machine */
            machine: boolean;
            /** Status */
            status: string;
            /** Version */
            version: number;
            /** Warnings */
            warnings: {
                [key: string]: unknown;
            }[];
        };
        /**
         * UntranscribedRead
         * @description Sound for which no words were found.
         */
        UntranscribedRead: {
            /** End Ms */
            end_ms: number;
            /** Reason */
            reason: string;
            /** Start Ms */
            start_ms: number;
        };
        /**
         * UploadCreate
         * @description A file that wants in; without ``story_id`` it gets a draft of its own.
         */
        UploadCreate: {
            /**
             * Content Type
             * @default
             */
            content_type: string;
            /** Filename */
            filename: string;
            /** First Part Sha256 */
            first_part_sha256?: string | null;
            /** Last Modified */
            last_modified?: string | number | null;
            /** Size Bytes */
            size_bytes: number;
            /** Story Id */
            story_id?: string | null;
        };
        /**
         * UploadList
         * @description The uploads of one account, newest first.
         */
        UploadList: {
            /** Items */
            items: components["schemas"]["UploadRead"][];
        };
        /**
         * UploadPlan
         * @description How to send it.
         */
        UploadPlan: {
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id */
            id: string;
            /** Max Concurrency */
            max_concurrency: number;
            /** Part Count */
            part_count: number;
            /** Part Size Bytes */
            part_size_bytes: number;
            /** State */
            state: string;
            /** Story Id */
            story_id: string;
        };
        /**
         * UploadRead
         * @description How far an upload is; from ``stored`` on the state is the recording's.
         */
        UploadRead: {
            /** Bytes Received */
            bytes_received: number;
            /** Filename */
            filename: string;
            /** Id */
            id: string;
            /** Part Count */
            part_count: number;
            /** Part Size Bytes */
            part_size_bytes: number;
            processing: components["schemas"]["ProgressRead"] | null;
            /** Reason */
            reason: string | null;
            /** Received */
            received: number[];
            /** Recording Id */
            recording_id: string | null;
            /** Retryable */
            retryable: boolean;
            /** Size Bytes */
            size_bytes: number;
            /** State */
            state: string;
            /** Story Id */
            story_id: string;
        };
        /** ValidationError */
        ValidationError: {
            /** Context */
            ctx?: Record<string, never>;
            /** Input */
            input?: unknown;
            /** Location */
            loc: (string | number)[];
            /** Message */
            msg: string;
            /** Error Type */
            type: string;
        };
        /**
         * Voice
         * @description One voice to play with one tap.
         */
        Voice: {
            /** End Ms */
            end_ms: number;
            /** Language */
            language: string;
            /** Recording Id */
            recording_id: string;
            /** Recording Number */
            recording_number: number;
            /** Start Ms */
            start_ms: number;
            story: components["schemas"]["StoryItem"];
            /** Text */
            text: string;
        };
        /**
         * WarningRead
         * @description A warning in a sentence.
         */
        WarningRead: {
            /** Sentence */
            sentence: string;
            /** Slug */
            slug: string;
        };
        /**
         * WordRead
         * @description One word with its times on the recording's media clock.
         */
        WordRead: {
            /** End Ms */
            end_ms: number;
            /** Probability */
            probability: number;
            /** Start Ms */
            start_ms: number;
            /** Text */
            text: string;
        };
        /**
         * WorkerList
         * @description The living workers.
         */
        WorkerList: {
            /** Items */
            items: components["schemas"]["WorkerRead"][];
        };
        /**
         * WorkerRead
         * @description One worker process.
         */
        WorkerRead: {
            /** Host */
            host: string;
            /** Id */
            id: string;
            /** Pid */
            pid: number;
            /** Queues */
            queues: string[];
            /**
             * Seen At
             * Format: date-time
             */
            seen_at: string;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_owed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwedList"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_owed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetryRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryRead"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    list_workers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerList"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_collections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionList"];
                };
            };
        };
    };
    create_collection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CollectionCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionRead"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    look_at_door: {
        parameters: {
            query: {
                expires: number;
                signature: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description The database or the object store cannot be reached. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    home: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Home"];
                };
            };
        };
    };
    accept_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkAccept"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionRead"];
                };
            };
            /** @description weak-password: Choose another password. · bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description link-used: This link was used already or is too old. Ask the person who sent it for a new one. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description account-exists: There is already an account with this e-mail address. Sign in instead. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description unavailable: A part of the archive is resting. Nothing is lost; try again in a minute. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_at_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LinkLook"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkRead"];
                };
            };
            /** @description link-used: This link was used already or is too old. Ask the person who sent it for a new one. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    language_advice: {
        parameters: {
            query?: {
                language?: string[] | null;
                model?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LanguageAdvice"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    put_part: {
        parameters: {
            query: {
                offset: number;
                size: number;
                sha256: string;
                expires: number;
                signature: string;
            };
            header?: never;
            path: {
                ref: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description wrong-part: This part did not arrive as it was announced, so it does not count. Send it again. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description address-expired: The address for this part is no longer good. Ask for a fresh one; nothing is lost. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description upload-closed: This upload was closed, so nothing more can be sent to it. Choose the file again to begin anew. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description no-room: The archive has no room for this at the moment. What was sent before is kept. Tell whoever runs the archive, then try again. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_cues: {
        parameters: {
            query?: {
                after?: string | null;
            };
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveCues"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    recording_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    recording_master: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes of the Range. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The file is as its ETag, which was sent, says. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-ready: This is not ready yet. Nothing is lost; come back in a little while. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description range-not-satisfiable: The file ends before the part that was asked for. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    recording_poster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes of the Range. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The file is as its ETag, which was sent, says. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-ready: This is not ready yet. Nothing is lost; come back in a little while. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description range-not-satisfiable: The file ends before the part that was asked for. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    recording_progress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProgressRead"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    recording_sound: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes of the Range. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The file is as its ETag, which was sent, says. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Of a public story: the store's own signed address of the file. */
            307: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-ready: This is not ready yet. Nothing is lost; come back in a little while. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description range-not-satisfiable: The file ends before the part that was asked for. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    transcribe_again: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TranscribeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TranscribeAccepted"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-ready: This is not ready yet. Nothing is lost; come back in a little while. · still-transcribing: The words of this recording are being written down now. Wait until that is done, then ask again. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    recording_waveform: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recording_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The bytes of the Range. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The file is as its ETag, which was sent, says. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-ready: This is not ready yet. Nothing is lost; come back in a little while. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description range-not-satisfiable: The file ends before the part that was asked for. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: {
                language?: string[];
                collection?: string[];
                person?: string[];
                place?: string[];
                q?: string;
                sort?: "relevance" | "newest" | "oldest";
                page?: number;
                per_page?: number;
                literal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description search-rests: Search is resting. Browsing by people, places and collections works. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suggest: {
        parameters: {
            query: {
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Suggestions"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    current_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionRead"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionRead"];
                };
            };
            /** @description wrong-sign-in: This e-mail address and password do not belong together. Check both and try again. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description too-many-tries: There were too many tries to sign in. Wait a little and try again; nothing is lost. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description unavailable: A part of the archive is resting. Nothing is lost; try again in a minute. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInList"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sign_in_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    list_stories: {
        parameters: {
            query?: {
                collection?: string | null;
                person?: string | null;
                language?: string | null;
                mine?: boolean;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoryList"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    create_story: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoryCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoryRead"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description idempotency-key-reused: This Idempotency-Key was used for something else, which is kept. Use a new one. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    read_story: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoryRead"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    change_story: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoryUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoryRead"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description conflict: Somebody changed this while you were working. Both are kept; load it again and choose. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    read_braid: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BraidRead"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    list_consents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentList"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    add_consent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsentCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentRead"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    publish_story: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoryRead"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description consent-missing: No consent record covers this yet. The story stays a draft. Add what the narrator agreed to, then publish. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    search_story: {
        parameters: {
            query: {
                q: string;
            };
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorySearch"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description search-rests: Search is resting. Browsing by people, places and collections works. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_transcript: {
        parameters: {
            query?: {
                recording?: string | null;
                format?: "json" | "vtt" | "srt" | "txt";
            };
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TranscriptRead"];
                };
            };
            /** @description recording-needed: This story has more than one recording. Say which: ?recording= and its id, on the command line --recording. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    unpublish_story: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                story_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoryRead"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    list_uploads: {
        parameters: {
            query?: {
                open?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadList"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    begin_upload: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadPlan"];
                };
            };
            /** @description empty-file: This file is empty. It may still lie in the cloud: open it once on the phone or recorder until it plays there, then choose it again. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description sign-in-needed: Please sign in first. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-allowed: Your account may not do this. Ask an archivist. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description idempotency-key-reused: This Idempotency-Key was used for something else, which is kept. Use a new one. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large: This file is larger than your account may send. Nothing was sent. An archivist can take it in. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-a-recording: This is not a sound or film file, so nothing was sent. Choose the recording itself, for example m4a, mp3, wav, flac, ogg, mp4 or mov. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
            /** @description quota-used-up: Your account has sent as much as it may. Nothing of this file was sent, and what you sent before is kept. Ask an archivist to take it in. · no-room: The archive has no room for this at the moment. What was sent before is kept. Tell whoever runs the archive, then try again. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadRead"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    cancel_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description upload-complete: All of this file has arrived. It is being checked or is stored already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    complete_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompleteRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompleteAnswer"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description parts-missing: Some parts of the file have not arrived yet. The others are kept; only these must be sent. · upload-closed: This upload was closed, so nothing more can be sent to it. Choose the file again to begin anew. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description parts-bad: Some parts that arrived are not those of this file. The others are kept; only these must be sent again. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
    give_part_addresses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartsRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartsAnswer"];
                };
            };
            /** @description bad-input: One of the values cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-found: There is nothing here that you can open. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description upload-closed: This upload was closed, so nothing more can be sent to it. Choose the file again to begin anew. · upload-complete: All of this file has arrived. It is being checked or is stored already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Validation Error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HTTPValidationError"];
                };
            };
        };
    };
}
