/** The shape of our jobs: names, ids, ranks and the flow of a case. Pure. */
import type { FlowJob, JobsOptions } from "bullmq";
import { type CaseFlow, type LoneTask, type Priority, QueueError, type TargetJob } from "./port.ts";

/** The queue of the certify jobs. Target queues carry a prefix, so a target may be called "certify" too. */
export const certifyQueue = "certify";

/** @throws {QueueError} `invalid-target` unless the name is of lower-case letters, digits and hyphens, 63 at most. */
export function targetQueue(target: string): string {
  if (!/^[a-z0-9-]{1,63}$/.test(target)) {
    throw new QueueError("invalid-target", `target name ${JSON.stringify(target)} is not made of a-z, 0-9 and "-"`);
  }
  return `target-${target}`;
}

export const targetJobId = (caseId: string, target: string): string => `${caseId}.${target}`;

const taskJobId = ({ name, id }: Pick<LoneTask, "name" | "id">): string => `${name}.${id}`;

/**
 * Lower runs first. A job that yields takes the rank in the second column: still before everything less pressing, but
 * behind the first turns of its like, so that every leaver of a batch is frozen before the first is cleaned. Rank 0 is
 * where BullMQ puts a job whose worker died.
 */
const ranks = {
  urgent: { first: 10, yielded: 15 },
  ordinary: { first: 20, yielded: 40 },
  batch: { first: 30, yielded: 50 },
  watch: { first: 60, yielded: 65 },
  inventory: { first: 70, yielded: 75 },
} satisfies Record<Priority, { first: number; yielded: number }>;

export const rankOf = (priority: Priority): number => ranks[priority].first;

/** The rank of a job of this rank once it has yielded; yielding twice changes nothing. */
export function yieldedRank(rank: number): number {
  return Object.values(ranks).find(({ first }) => first === rank)?.yielded ?? rank;
}

/**
 * Ids only, one attempt, nothing kept: retries, results and history are in our tables. (On PostgreSQL a retention count
 * would cost a third of the throughput, and a kept failed child stops its flow for good.)
 */
function jobOptions(jobId: string, priority: Priority): JobsOptions {
  return { jobId, priority: rankOf(priority), attempts: 1, removeOnComplete: true, removeOnFail: true };
}

/** The certify job over one job per target. A failed child must not stop its parent, hence `ignoreDependencyOnFailure`. */
export function flowOf({ caseId, targets, priority }: CaseFlow): FlowJob {
  return {
    name: "certify",
    queueName: certifyQueue,
    data: { caseId },
    opts: jobOptions(caseId, priority),
    children: [...new Set(targets)].map((target) => ({
      name: "case",
      queueName: targetQueue(target),
      data: { caseId },
      opts: { ...jobOptions(targetJobId(caseId, target), priority), ignoreDependencyOnFailure: true },
    })),
  };
}

export function taskJob(task: LoneTask): FlowJob {
  return {
    name: task.name,
    queueName: targetQueue(task.target),
    data: { id: task.id },
    opts: jobOptions(taskJobId(task), task.priority),
  };
}

/** What a queue says a job is: attacker-controlled where the server is shared, partial where its data was lost. */
export interface RawJob {
  id?: string | undefined;
  name: string;
  data: unknown;
}

/** Null for a job that we cannot have added: another name, no id, or an id that contradicts the payload. */
export function readTargetJob(target: string, { id, name, data }: RawJob): TargetJob | null {
  if (name === "case") {
    const caseId = textField(data, "caseId");
    return caseId !== null && id === targetJobId(caseId, target) ? { name, caseId, id } : null;
  }
  if (name === "preview" || name === "accounts") {
    const taskId = textField(data, "id");
    return taskId !== null && id === taskJobId({ name, id: taskId }) ? { name, caseId: taskId, id: taskId } : null;
  }
  return null;
}

/** The case a certify job is for; null as above. */
export function readCertifyJob({ id, name, data }: RawJob): string | null {
  const caseId = textField(data, "caseId");
  return name === "certify" && caseId !== null && caseId === id ? caseId : null;
}

function textField(data: unknown, field: string): string | null {
  if (typeof data !== "object" || data === null || !Object.hasOwn(data, field)) return null;
  const value = (data as Record<string, unknown>)[field];
  return typeof value === "string" && value !== "" ? value : null;
}
