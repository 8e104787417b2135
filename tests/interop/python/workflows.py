"""Programs as people write them: orchestration in workflows, everything else in activities."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    import activities
    from activities import Order, StepInput

SHORT = timedelta(seconds=10)


@workflow.defn
class BookingSaga:
    """Performs the steps of an order; when one fails, undoes those before it, last first."""

    @workflow.run
    async def run(self, order: Order) -> list[str]:
        log: list[str] = []
        done: list[str] = []
        try:
            for step in order.steps:
                log.append(await self._perform(activities.perform_step, order, step))
                done.append(step)
        except ActivityError:
            for step in reversed(done):
                log.append(await self._perform(activities.undo_step, order, step))
        return log

    async def _perform(self, what, order: Order, step: str) -> str:
        return await workflow.execute_activity(what, StepInput(order, step), start_to_close_timeout=SHORT)


@workflow.defn
class Approval:
    """Waits for a person, on a durable timer, no longer than it is told to."""

    def __init__(self) -> None:
        self._decision: str | None = None
        self._status = "pending"

    @workflow.run
    async def run(self, item: str, patience_seconds: float) -> str:
        try:
            await workflow.wait_condition(
                lambda: self._decision is not None, timeout=timedelta(seconds=patience_seconds)
            )
        except asyncio.TimeoutError:
            self._status = f"{item} timed out"
            return self._status
        self._status = f"{item} {self._decision}"
        return self._status

    @workflow.signal
    async def approve(self) -> None:
        self._decision = "approved"

    @workflow.signal
    def reject(self, reason: str) -> None:
        self._decision = f"rejected: {reason}"

    @workflow.query
    def status(self) -> str:
        return self._status


@dataclass
class ResearchInput:
    query: str
    max_steps: int = 10


@workflow.defn
class ResearchAgent:
    """A loop of steps, one activity each, that a person can pause and resume."""

    def __init__(self) -> None:
        self._paused = False
        self._results: list[str] = []

    @workflow.signal
    async def pause(self) -> None:
        self._paused = True

    @workflow.signal
    async def resume(self) -> None:
        self._paused = False

    @workflow.query
    def is_paused(self) -> bool:
        return self._paused

    @workflow.query
    def steps_done(self) -> int:
        return len(self._results)

    @workflow.run
    async def run(self, research: ResearchInput) -> str:
        for step in range(research.max_steps):
            await workflow.wait_condition(lambda: not self._paused)
            result = await workflow.execute_activity(
                activities.run_research_step,
                args=[research.query, step],
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=timedelta(seconds=30),
            )
            self._results.append(result)
            if "[DONE]" in result:
                break
        return "\n".join(self._results)


@workflow.defn
class ModelCall:
    """One call with back-off, and one whose error no retry can help."""

    @workflow.run
    async def run(self, prompt: str) -> list[str]:
        answer = await workflow.execute_activity(
            "call_model",
            args=[prompt, 3],
            start_to_close_timeout=SHORT,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=50),
                backoff_coefficient=2.0,
                maximum_interval=timedelta(seconds=1),
                maximum_attempts=5,
            ),
            result_type=str,
        )
        try:
            await workflow.execute_activity(
                activities.reject_input,
                "seven",
                start_to_close_timeout=SHORT,
                retry_policy=RetryPolicy(non_retryable_error_types=["ValueError"]),
            )
        except ActivityError as error:
            cause = error.cause
            assert isinstance(cause, ApplicationError)
            retry_state = error.retry_state.name if error.retry_state else "none"
            return [answer, f"{cause.type}: {cause.message} ({retry_state})"]
        return [answer]


@workflow.defn
class FileProcessing:
    @workflow.run
    async def run(self, lines: int) -> dict[str, int]:
        return await workflow.execute_activity(
            activities.process_file,
            lines,
            start_to_close_timeout=timedelta(hours=1),
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=50)),
        )


@workflow.defn
class Child:
    @workflow.run
    async def run(self, item: str) -> str:
        if item == "rotten":
            raise ApplicationError(f"{item} cannot be shipped", type="Rotten")
        return f"{item} shipped"


@workflow.defn
class Parent:
    """Fans out to children, and reports what each came to."""

    @workflow.run
    async def run(self, items: list[str]) -> list[str]:
        own_id = workflow.info().workflow_id
        handles = [await workflow.start_child_workflow(Child.run, item, id=f"{own_id}/{item}") for item in items]
        results = await asyncio.gather(*handles, return_exceptions=True)
        return [r if isinstance(r, str) else f"{type(r).__name__}: {r.__cause__}" for r in results]


@workflow.defn
class Counter:
    """Counts to its target, two to a run, and keeps its history short by continuing as new."""

    @workflow.run
    async def run(self, target: int, count: int = 0) -> int:
        for _ in range(2):
            if count == target:
                return count
            count += 1
            await workflow.sleep(0.001)
        workflow.continue_as_new(args=[target, count])


@workflow.defn
class Cancellable:
    """Passes a cancellation on to its activity, and does its own cleaning up after that."""

    def __init__(self) -> None:
        self._log: list[str] = []

    @workflow.run
    async def run(self) -> None:
        try:
            self._log.append(
                await workflow.execute_activity(
                    activities.work_until_cancelled,
                    start_to_close_timeout=timedelta(minutes=5),
                    heartbeat_timeout=timedelta(seconds=1),
                    cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                )
            )
        finally:
            order = Order("nobody", [])
            self._log.append(
                await workflow.execute_activity(
                    activities.undo_step, StepInput(order, "everything"), start_to_close_timeout=SHORT
                )
            )
            raise asyncio.CancelledError()

    @workflow.query
    def log(self) -> list[str]:
        return self._log


@workflow.defn
class HumanInTheLoop:
    """An activity that a person completes from outside, without a worker waiting for it."""

    @workflow.run
    async def run(self, question: str) -> str:
        return await workflow.execute_activity(
            activities.ask_a_person, question, activity_id="ask", start_to_close_timeout=timedelta(days=30)
        )


@workflow.defn
class Mixed:
    """Threads, local activities, patches, and what must be the same on each replay."""

    @workflow.run
    async def run(self) -> dict[str, Any]:
        before = [str(workflow.uuid4()), workflow.random().random(), workflow.now().timestamp()]
        total = await workflow.execute_activity(
            activities.add_in_a_thread, args=[2, 3], start_to_close_timeout=SHORT
        )
        local = await workflow.execute_local_activity(
            activities.add_in_a_thread, args=[total, 10], start_to_close_timeout=SHORT
        )
        await workflow.sleep(0.01)
        return {"before": before, "local": local, "patched": workflow.patched("a-patch")}


@workflow.defn(sandboxed=False)
class Inbox:
    """Collects signals until it is sealed; runs outside the sandbox."""

    def __init__(self) -> None:
        self._items: list[str] = []
        self._sealed = False

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: self._sealed)
        return self._items

    @workflow.signal
    def put(self, item: str) -> None:
        self._items.append(item)

    @workflow.signal
    def seal(self) -> None:
        self._sealed = True


ALL = [
    BookingSaga,
    Approval,
    ResearchAgent,
    ModelCall,
    FileProcessing,
    Child,
    Parent,
    Counter,
    Cancellable,
    HumanInTheLoop,
    Mixed,
    Inbox,
]
