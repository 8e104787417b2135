"""Runs every program against the server at ADDRESS, all with one worker.

usage: python programs.py ADDRESS 3>RESULTS
Writes one JSON object a line to file descriptor 3, for the SDK's core logs to standard output: first
{"programs": how many there are}, then for each {"name": ..., "error": null or a traceback, "seconds": ...}.
"""

import asyncio
import json
import logging
import os
import sys
import time
import traceback
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import nexusrpc
import nexusrpc.handler
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer, Worker

import activities
import workflows
from activities import Order
from workflows import ResearchInput

RUN = uuid.uuid4().hex[:8]
TASK_QUEUE = f"python-{RUN}"
PROGRAM_TIMEOUT_SECONDS = 60
RESULTS = open(3, "w", encoding="utf-8")

PROGRAMS: list[tuple[str, Callable[[Client], Awaitable[None]]]] = []


def program(name: str):
    def register(function: Callable[[Client], Awaitable[None]]):
        PROGRAMS.append((name, function))
        return function

    return register


def fresh_id(name: str) -> str:
    return f"{name}-{RUN}-{uuid.uuid4().hex[:8]}"


async def start(client: Client, run, *args, **options) -> WorkflowHandle:
    return await client.start_workflow(
        run, args=args, id=options.pop("id", fresh_id("python")), task_queue=TASK_QUEUE, **options
    )


async def event_types(handle: WorkflowHandle) -> list[str]:
    """The history without its workflow tasks."""
    names = [EventType.Name(event.event_type) async for event in handle.fetch_history_events()]
    return [name.removeprefix("EVENT_TYPE_") for name in names if "WORKFLOW_TASK" not in name]


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + 30
    while not await check():
        assert time.monotonic() < deadline, "it did not come to pass"
        await asyncio.sleep(0.05)


ACTIVITY = ["ACTIVITY_TASK_SCHEDULED", "ACTIVITY_TASK_STARTED", "ACTIVITY_TASK_COMPLETED"]


@program("saga: all steps succeed")
async def saga_succeeds(client: Client) -> None:
    handle = await start(client, workflows.BookingSaga.run, Order("Ada", ["flight", "hotel"]))
    assert await handle.result() == ["flight for Ada", "hotel for Ada"]
    assert await event_types(handle) == [
        "WORKFLOW_EXECUTION_STARTED",
        *ACTIVITY,
        *ACTIVITY,
        "WORKFLOW_EXECUTION_COMPLETED",
    ]


@program("saga: a failed step undoes those before it")
async def saga_compensates(client: Client) -> None:
    order = Order("Ada", ["flight", "hotel", "car"], broken_step="car")
    result = await (await start(client, workflows.BookingSaga.run, order)).result()
    assert result == ["flight for Ada", "hotel for Ada", "undo hotel for Ada", "undo flight for Ada"]


@program("approval: by signal, with queries before and after")
async def approval_by_signal(client: Client) -> None:
    handle = await start(client, workflows.Approval.run, "the refund", 3600.0)
    assert await handle.query(workflows.Approval.status) == "pending"
    await handle.signal(workflows.Approval.approve)
    assert await handle.result() == "the refund approved"
    assert await handle.query(workflows.Approval.status) == "the refund approved"
    assert "TIMER_CANCELED" in await event_types(handle) or "TIMER_STARTED" not in await event_types(handle)


@program("approval: rejected with a reason")
async def approval_rejected(client: Client) -> None:
    handle = await start(client, workflows.Approval.run, "the refund", 3600.0)
    await handle.signal(workflows.Approval.reject, "no receipt")
    assert await handle.result() == "the refund rejected: no receipt"


@program("approval: the durable timer runs out")
async def approval_times_out(client: Client) -> None:
    handle = await start(client, workflows.Approval.run, "the refund", 0.3)
    assert await handle.result() == "the refund timed out"
    assert await event_types(handle) == [
        "WORKFLOW_EXECUTION_STARTED",
        "TIMER_STARTED",
        "TIMER_FIRED",
        "WORKFLOW_EXECUTION_COMPLETED",
    ]


@program("agent: paused, asked, resumed")
async def research_agent(client: Client) -> None:
    handle = await client.start_workflow(
        workflows.ResearchAgent.run,
        ResearchInput(query="durable execution"),
        id=fresh_id("research"),
        task_queue=TASK_QUEUE,
        start_signal="pause",
    )
    assert await handle.query(workflows.ResearchAgent.is_paused) is True
    assert await handle.query(workflows.ResearchAgent.steps_done) == 0
    await handle.signal(workflows.ResearchAgent.resume)
    result = await handle.result()
    assert result.splitlines()[-1] == "step 2 of durable execution [DONE]"
    assert await handle.query(workflows.ResearchAgent.steps_done) == 3


@program("retries: back-off by policy, and an error type that is not retried")
async def retries(client: Client) -> None:
    handle = await start(client, workflows.ModelCall.run, "the question")
    assert await handle.result() == [
        "answer to the question on attempt 3",
        "ValueError: seven is not a number (NON_RETRYABLE_FAILURE)",
    ]
    started = [
        event.activity_task_started_event_attributes
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    ]
    assert [attributes.attempt for attributes in started] == [3, 1]


@program("heartbeats: the next attempt resumes")
async def heartbeats(client: Client) -> None:
    handle = await start(client, workflows.FileProcessing.run, 100)
    assert await handle.result() == {"attempt": 2, "resumed_at": 50}


@program("children: results, a failure, and their own histories")
async def children(client: Client) -> None:
    handle = await start(client, workflows.Parent.run, ["book", "rotten", "lamp"])
    assert await handle.result() == [
        "book shipped",
        "ChildWorkflowError: Rotten: rotten cannot be shipped",
        "lamp shipped",
    ]
    child = client.get_workflow_handle(f"{handle.id}/rotten")
    description = await child.describe()
    assert description.status == WorkflowExecutionStatus.FAILED
    assert description.parent_id == handle.id


@program("continue-as-new: one result after many runs")
async def continue_as_new(client: Client) -> None:
    handle = await start(client, workflows.Counter.run, 5)
    assert await handle.result() == 5
    first = await client.get_workflow_handle(handle.id, run_id=handle.result_run_id).describe()
    assert first.status == WorkflowExecutionStatus.CONTINUED_AS_NEW
    last = await client.get_workflow_handle(handle.id).describe()
    assert last.status == WorkflowExecutionStatus.COMPLETED
    assert last.run_id != first.run_id


@program("cancellation: reaches the activity, and the workflow cleans up")
async def cancellation(client: Client) -> None:
    handle = await start(client, workflows.Cancellable.run)

    async def activity_runs() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return len(pending) == 1 and pending[0].attempt == 1 and pending[0].HasField("last_started_time")

    await eventually(activity_runs)
    await handle.cancel()
    try:
        await handle.result()
        raise AssertionError("the workflow was not cancelled")
    except WorkflowFailureError as error:
        assert isinstance(error.cause, CancelledError), error.cause
    assert await handle.query(workflows.Cancellable.log) == ["stopped cleanly", "undo everything for nobody"]
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


@program("termination: with a reason")
async def termination(client: Client) -> None:
    handle = await start(client, workflows.Approval.run, "the refund", 3600.0)
    await handle.terminate(reason="the test has seen enough")
    try:
        await handle.result()
        raise AssertionError("the workflow was not terminated")
    except WorkflowFailureError as error:
        assert isinstance(error.cause, TerminatedError), error.cause
        assert error.cause.message == "the test has seen enough"


@program("human in the loop: an activity completed from outside")
async def human_in_the_loop(client: Client) -> None:
    handle = await start(client, workflows.HumanInTheLoop.run, "may I?")
    person = client.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id="ask")

    async def answered() -> bool:
        try:
            await person.heartbeat("thinking")
            return True
        except RPCError as error:
            assert error.status == RPCStatusCode.NOT_FOUND, error
            return False

    await eventually(answered)
    await person.complete("you may")
    assert await handle.result() == "you may"


@program("human in the loop: refused from outside")
async def human_refuses(client: Client) -> None:
    handle = await start(client, workflows.HumanInTheLoop.run, "may I?")
    person = client.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id="ask")

    async def refused() -> bool:
        try:
            await person.fail(ApplicationError("you may not", type="Refused", non_retryable=True))
            return True
        except RPCError as error:
            assert error.status == RPCStatusCode.NOT_FOUND, error
            return False

    await eventually(refused)
    try:
        await handle.result()
        raise AssertionError("the workflow did not fail")
    except WorkflowFailureError as error:
        assert "you may not" in str(error.cause.__cause__), error.cause


@program("signals: kept in order, unsandboxed")
async def signals(client: Client) -> None:
    handle = await start(client, workflows.Inbox.run)
    items = [f"item {index}" for index in range(20)]
    for item in items:
        await handle.signal(workflows.Inbox.put, item)
    await handle.signal(workflows.Inbox.seal)
    assert await handle.result() == items


@program("ids: a running workflow is not started twice")
async def ids(client: Client) -> None:
    handle = await start(client, workflows.Inbox.run)
    try:
        await start(client, workflows.Inbox.run, id=handle.id)
        raise AssertionError("it started twice")
    except WorkflowAlreadyStartedError as error:
        assert error.workflow_id == handle.id
    same = await start(
        client, workflows.Inbox.run, id=handle.id, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
    )
    assert same.first_execution_run_id == handle.first_execution_run_id
    await handle.signal(workflows.Inbox.seal)
    assert await handle.result() == []


@program("replay: threads, local activities, patches, time and randomness")
async def replay(client: Client) -> None:
    handle = await start(client, workflows.Mixed.run)
    result = await handle.result()
    assert result["local"] == 15 and result["patched"] is True
    history = await handle.fetch_history()
    replayer = Replayer(workflows=[workflows.Mixed])
    await replayer.replay_workflow(history)


@program("memo, search attributes, describe, list and count")
async def visibility(client: Client) -> None:
    handle = await start(client, workflows.Counter.run, 0, memo={"owner": "tests"})
    assert await handle.result() == 0
    description = await handle.describe()
    assert await description.memo() == {"owner": "tests"}
    query = f"WorkflowId = '{handle.id}' AND ExecutionStatus = 'Completed' AND WorkflowType = 'Counter'"

    async def listed() -> bool:
        found = [execution.id async for execution in client.list_workflows(query)]
        return found == [handle.id]

    await eventually(listed)
    assert (await client.count_workflows(query)).count == 1


@program("errors: a workflow that does not exist")
async def missing(client: Client) -> None:
    try:
        await client.get_workflow_handle("nobody-started-this").signal("any")
        raise AssertionError("the signal was taken")
    except RPCError as error:
        assert error.status == RPCStatusCode.NOT_FOUND
        assert error.message == "workflow not found for ID: nobody-started-this"


@nexusrpc.service
class Echo:
    echo: nexusrpc.Operation[str, str]


@nexusrpc.handler.service_handler(service=Echo)
class EchoHandler:
    @nexusrpc.handler.sync_operation
    async def echo(self, _context: nexusrpc.handler.StartOperationContext, text: str) -> str:
        return text


@program("a worker that would also take Nexus tasks works, and shuts down")
async def with_nexus(client: Client) -> None:
    queue = fresh_id("nexus")
    async with Worker(client, task_queue=queue, workflows=[workflows.Child], nexus_service_handlers=[EchoHandler()]):
        result = await client.execute_workflow(
            workflows.Child.run, "tea", id=fresh_id("with-nexus"), task_queue=queue
        )
    assert result == "tea shipped"


def report(result: dict) -> None:
    print(json.dumps(result), file=RESULTS, flush=True)


async def run_program(name: str, function: Callable[[Client], Awaitable[None]], client: Client) -> bool:
    began = time.monotonic()
    error = None
    try:
        await asyncio.wait_for(function(client), PROGRAM_TIMEOUT_SECONDS)
    except BaseException:
        error = traceback.format_exc()
    report({"name": name, "error": error, "seconds": round(time.monotonic() - began, 3)})
    return error is None


async def main(address: str) -> int:
    logging.disable(logging.WARNING)
    report({"programs": len(PROGRAMS)})
    client = await Client.connect(address)
    with ThreadPoolExecutor(max_workers=4) as threads:
        async with Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=workflows.ALL,
            activities=activities.ALL,
            activity_executor=threads,
        ):
            passed = await asyncio.gather(*(run_program(name, function, client) for name, function in PROGRAMS))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    exit_code = asyncio.run(main(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    # Without the interpreter's teardown, which the SDK's own threads may run into: the process then dies of a signal.
    os._exit(exit_code)
