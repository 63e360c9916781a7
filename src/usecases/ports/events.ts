/** What an Event is about. */
export interface EventTarget {
  readonly apiVersion: string;
  readonly kind: string;
  /** "" for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
}

export const EVENT_REASONS = [
  "GuardDenied",
  "GuardFault",
  "GuardFailedOpen",
  "CertificateTrouble",
] as const;

export type EventReason = (typeof EVENT_REASONS)[number];

/** Something that those who look at the object should come to know, though nobody asked. */
export interface GuardEvent {
  readonly reason: EventReason;
  /** What was tried: `Create`, `Renew`. */
  readonly action: string;
  readonly regarding: EventTarget;
  /** Lines for people, never a secret value. */
  readonly note: string;
}

/** Takes Events without waiting and never throws; what cannot be written is only counted. */
export interface Events {
  emit(event: GuardEvent): void;
}

/** `merged`: counted into a series that exists; `dropped`: more than the limits allow. */
export type EventOutcome = "written" | "merged" | "dropped" | "failed";

export type CountEvent = (reason: EventReason, outcome: EventOutcome) => void;
