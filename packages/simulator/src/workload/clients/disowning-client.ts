import { ARRIVAL_MAX_MS } from '../../network/network.ts';
import { BINARIES } from '../worker-tools.ts';
import { Client } from './client.ts';

/** Gives up binaries of workers, and takes that back: what they have worked on begins anew from where they came in. */
export class DisowningClient extends Client {
  protected override readonly pauseMaxMs = 5_000;
  readonly #givenUp = new Set<string>();

  protected override async act(): Promise<void> {
    const { namespaces, facts } = this.context;
    const namespace = this.random.pick(namespaces);
    const checksum = this.random.pick(BINARIES);
    if (this.#givenUp.has(`${namespace}/${checksum}`)) {
      await this.#takeBack(namespace, checksum);
      return;
    }
    this.#givenUp.add(`${namespace}/${checksum}`);
    const binaries = { [checksum]: { reason: `${checksum} is bad`, operator: this.name } };
    const outcome = await this.persist('UpdateNamespace', { namespace, config: { badBinaries: { binaries } } });
    facts.count(`give up binary ${outcome.kind}`);
  }

  /** Every binary works again, or nothing would come to its end. */
  protected override async finish(): Promise<void> {
    // The copy of a request that gives one up comes late: what is taken back before it would be given up for good.
    await this.sleep(ARRIVAL_MAX_MS);
    for (const namespace of this.context.namespaces) {
      for (const checksum of BINARIES) await this.#takeBack(namespace, checksum);
    }
  }

  async #takeBack(namespace: string, checksum: string): Promise<void> {
    this.#givenUp.delete(`${namespace}/${checksum}`);
    await this.persist('UpdateNamespace', { namespace, deleteBadBinary: checksum });
  }
}
