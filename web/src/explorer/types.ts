/** What the server's API sends (builder/server/explorer; described in /openapi.json). */

/** Texts by language. */
export type Labels = Partial<Record<"ar" | "en" | "", string>>;

export interface Thing {
  kind: string;
  label: Labels;
  wikidata?: string;
}

export type Things = Record<string, Thing>;

export interface EventRow {
  key: string;
  type: string;
  status: string;
  start: string;
  end: string;
  confidence: number | null;
  reports: number;
  label: Labels;
  /** Pairs of a role and the key of who has it. */
  parts: [string, string][];
  places: string[];
}

export interface Timeline {
  total: number;
  events: EventRow[];
  next: number | null;
  all: number;
  cut: boolean;
  unit: "month" | "year";
  bars: [string, Record<string, number>][];
  undated: number;
  choices: Record<"type" | "status" | "actor" | "place", [string, number][]>;
  things: Things;
}

export interface Network {
  total: number;
  actors: number;
  nodes: [string, number][];
  edges: [string, string, Record<string, number>][];
  things: Things;
}

export interface Places {
  total: number;
  nowhere: number;
  places: { place: string; events: number; types: Record<string, number>; at: [number, number] | null }[];
  things: Things;
}

export interface EvidenceMark {
  begin: number;
  end: number;
  quote: string;
  aspects: string[];
  rules: string[];
}

export type Values = Record<string, (string | number)[]>;

export interface Report {
  key: string;
  document: string;
  title: string | null;
  source: string | null;
  published: string | null;
  values: Values;
  marks: EvidenceMark[];
  event?: string | null;
}

export interface EventDetail {
  key: string;
  type: string;
  label: Labels;
  confidence: number | null;
  values: Values;
  aspects: string[];
  reports: Report[];
  disagreements: { aspect: string; document: string; value: string; other_document: string; other_value: string }[];
  things: Things;
}

export interface ThingDetail extends Thing {
  key: string;
  at: [number, number] | null;
  country: string;
  represents: string[];
  represented: string[];
  events: EventRow[];
  deeds: { event: string; roles: string[]; through: string[]; others: [string, string][] }[];
  partners: [string, number][];
  things: Things;
}

export interface DocumentDetail {
  key: string;
  title: string | null;
  source: string | null;
  published: string | null;
  text: string | null;
  reports: Report[];
  things: Things;
}

export interface Word {
  id: number;
  form: string;
  lemma: string;
  upos: string;
  feats: string;
  head: number;
  deprel: string;
}

export interface Parse {
  begin: number;
  end: number;
  words: Word[];
}

export interface Found {
  key: string;
  kind: string;
  label: Labels;
  start?: string;
}
