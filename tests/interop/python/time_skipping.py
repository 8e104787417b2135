"""A program with the official Python SDK's time-skipping environment, on the test server whose path is given."""

import asyncio
import os
import sys
import time
import traceback
import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

attempts = 0


@activity.defn
async def charge(month: int) -> int:
    """Fails at every first attempt."""
    global attempts
    attempts += 1
    if attempts % 2 == 1:
        raise RuntimeError("every first attempt fails")
    return month


@workflow.defn
class Subscription:
    @workflow.run
    async def run(self, months: int) -> list[int]:
        paid = []
        for month in range(months):
            await asyncio.sleep(30 * 24 * 3600)
            paid.append(
                await workflow.execute_activity(
                    charge,
                    month,
                    start_to_close_timeout=timedelta(seconds=10),
                    retry_policy=RetryPolicy(initial_interval=timedelta(hours=1)),
                )
            )
        return paid


async def start(server: str) -> WorkflowEnvironment:
    """The SDK gives a server five seconds to start, which a machine that is busy does not always give it."""
    for attempt in range(10):
        try:
            return await WorkflowEnvironment.start_time_skipping(test_server_existing_path=server)
        except RuntimeError:
            if attempt == 9:
                raise
    raise AssertionError


async def main(server: str) -> None:
    environment = await start(server)
    started = time.monotonic()
    async with environment:
        begin = await environment.get_current_time()
        async with Worker(
            environment.client, task_queue="skipping", workflows=[Subscription], activities=[charge]
        ):
            paid = await environment.client.execute_workflow(
                Subscription.run, 3, id=str(uuid.uuid4()), task_queue="skipping"
            )
        assert paid == [0, 1, 2], paid
        passed = await environment.get_current_time() - begin
        assert timedelta(days=90, hours=3) <= passed < timedelta(days=91), passed
        await environment.sleep(timedelta(days=10))
        passed = await environment.get_current_time() - begin
        assert timedelta(days=100, hours=3) <= passed < timedelta(days=101), passed
    assert time.monotonic() - started < 120


# The sandbox of the workflows imports this file again.
if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    # Threads of the SDK's core may outlive the loop, and the interpreter's own end would trip over them.
    os._exit(0)
