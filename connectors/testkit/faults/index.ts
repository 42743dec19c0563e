export * from "./catalogue.ts";
export { CallLog, type LoggedCall, openDoor } from "./door.ts";
export type { Call, Fault, Reply } from "./fault.ts";
export { FaultSchedule } from "./schedule.ts";
