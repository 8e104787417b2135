import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('a run that asks models', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  test('shows the conversation, tools, tokens and retries, and what it cost once there are prices', async (context) => {
    const options = { taskQueue, workflowId: 'agent', args: ['Do I need an umbrella in Oslo?'] };
    await stage.client.workflow.execute('askAgent', options);
    const page = await stage.visit(context, '/namespaces/default/workflows/agent');
    await page.getByRole('link', { name: 'AI calls' }).click();
    const [first, second] = [0, 1].map((index) =>
      page.getByRole('article', { name: 'model example-large' }).nth(index),
    );
    await first?.getByText('Do I need an umbrella in Oslo?', { exact: true }).waitFor();
    await first?.getByText('asks for getWeather').waitFor();
    await first?.getByText('attempt 2').waitFor();
    await first?.getByText('The model is overloaded (529)').waitFor();
    await page.getByRole('article', { name: 'tool getWeather' }).getByText('"rain"').waitFor();
    await second?.getByText('Take an umbrella: it rains in Oslo.', { exact: true }).waitFor();
    await second?.getByText(/^1,200 tokens in \(1,000 from a cache\), 24 out, no price set, /).waitFor();

    await page.getByRole('link', { name: 'no price set' }).click();
    await page.getByRole('button', { name: 'Add a model' }).click();
    await page.getByRole('button', { name: 'Save the prices' }).click();
    await page.getByText('Its name').waitFor();
    await page.getByLabel('Model', { exact: true }).fill('example-*');
    await page.getByLabel('Input', { exact: true }).fill('10');
    await page.getByLabel('Input from a cache').fill('1');
    await page.getByLabel('Output').fill('50');
    await page.getByRole('button', { name: 'Save the prices' }).click();
    await page.getByText('Saved in this browser').first().waitFor();

    await page.goBack();
    await second?.getByText(/, \$0\.0042, /).waitFor();
    await page.getByText('$0.0081', { exact: true }).waitFor();
  });
});
