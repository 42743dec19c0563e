import { z } from "zod";
import { findTaskRow, listTaskRows } from "../../store/views/tasks.ts";
import { attestTask, tryOldValue } from "../actions/close-task.ts";
import { decodeCursor, pageOf, pageQuery } from "../cursor.ts";
import type { HttpDeps } from "../deps.ts";
import { endpoint } from "../operation.ts";
import type { Endpoint } from "../operation.ts";
import { notFound } from "../problem.ts";
import { id, pageView } from "../views/shared.ts";
import { taskView, taskViewOf } from "../views/task.ts";
import type { TaskView } from "../views/task.ts";
import { reasonText } from "./fields.ts";

const maxValueLength = 16_384;

/** What only a person can do: secrets that must be replaced by hand. */
export function taskEndpoints(deps: HttpDeps): Endpoint[] {
  async function present(taskId: string): Promise<{ json: TaskView }> {
    const row = await findTaskRow(deps.pool, taskId);
    if (row === null) throw notFound();
    return { json: taskViewOf(row) };
  }

  return [
    endpoint(
      {
        id: "listTasks",
        method: "get",
        path: "/tasks",
        summary: "Tasks, whatever is due first comes first",
        tag: "tasks",
        role: "viewer",
        query: z.strictObject({
          open: z.stringbool().default(true).describe("Only those that still hold their target"),
          ...pageQuery,
        }),
        success: { status: 200, description: "A page of tasks", schema: pageView(taskView) },
        problems: ["invalid-cursor"],
      },
      async ({ query }) => {
        const after = decodeCursor(query.cursor);
        const rows = await listTaskRows(deps.pool, { open: query.open, after, limit: query.limit + 1 });
        const page = pageOf(rows, query.limit, (row) => ({ at: new Date(row.task.dueAt), id: row.id }));
        return { json: { items: page.items.map(taskViewOf), next: page.next } };
      },
    ),
    endpoint(
      {
        id: "attestTask",
        method: "post",
        path: "/tasks/{taskId}/attestation",
        summary: "Answer for it that the work is done",
        description:
          "The certificate names who attested. What a later look saw working cannot be attested: a look outranks a word.",
        tag: "tasks",
        role: "operator",
        params: z.strictObject({ taskId: id }),
        body: z.strictObject({ reason: reasonText }),
        success: { status: 200, description: "The task, closed", schema: taskView },
        problems: ["already-ended", "already-answered", "still-works"],
      },
      async ({ params, body, actor }) => {
        await attestTask({ ...params, ...body }, actor, deps);
        return present(params.taskId);
      },
    ),
    endpoint(
      {
        id: "tryOldValue",
        method: "post",
        path: "/tasks/{taskId}/old-value",
        summary: "Give the value that was replaced, to be tried and refused",
        description:
          "Closes the task by proof. The value is sealed at once, tried by the next look, and erased at the verdict; it is in no log, answer or audit.",
        tag: "tasks",
        role: "operator",
        params: z.strictObject({ taskId: id }),
        body: z.strictObject({
          value: z
            .string()
            .min(1)
            .max(maxValueLength)
            .describe("The old value, as it was; never one that is still in use"),
        }),
        success: { status: 202, description: "The task; the next look tries the value", schema: taskView },
        problems: ["already-ended", "already-answered", "cannot-seal"],
      },
      async ({ params, body, actor }) => {
        await tryOldValue({ ...params, ...body }, actor, deps);
        return present(params.taskId);
      },
    ),
  ];
}
