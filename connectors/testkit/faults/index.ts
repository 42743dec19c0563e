export * from "./catalogue.ts";
export { CallLog, type Door, type DoorOptions, type LoggedCall, openDoor } from "./door.ts";
export type { Call, Content, Delivery, Fault, Reply } from "./fault.ts";
export { FaultSchedule, type Matcher, type Script, type ScriptReport } from "./schedule.ts";
