import {
  ConnectionError,
  ErrorCode,
  FRAME_SIZE_BYTES,
  FRAME_SIZE_BYTES_MAX,
  INITIAL_WINDOW_BYTES,
  SettingId,
  WINDOW_BYTES_MAX,
} from './protocol.ts';

const SETTING_BYTES = 6;

/** What the peer has said of itself, as far as a server that sends neither pushes nor tables goes by it. */
export class PeerSettings {
  /** What may be sent on a stream from its beginning. */
  initialWindowBytes = INITIAL_WINDOW_BYTES;

  /** Takes the payload of a SETTINGS frame. Gives by how much the windows of streams have grown; throws `ConnectionError`. */
  take(from: Buffer, start: number, end: number): number {
    if ((end - start) % SETTING_BYTES !== 0) throw new ConnectionError(ErrorCode.FrameSizeError, 'length of SETTINGS');
    const before = this.initialWindowBytes;
    for (let at = start; at < end; at += SETTING_BYTES) this.#set(from.readUInt16BE(at), from.readUInt32BE(at + 2));
    return this.initialWindowBytes - before;
  }

  #set(id: number, value: number): void {
    if (id === SettingId.InitialWindowSize) {
      if (value > WINDOW_BYTES_MAX) throw new ConnectionError(ErrorCode.FlowControlError, 'INITIAL_WINDOW_SIZE');
      this.initialWindowBytes = value;
    } else if (id === SettingId.MaxFrameSize) {
      // Larger frames than the least that it must take are never sent.
      if (value < FRAME_SIZE_BYTES || value > FRAME_SIZE_BYTES_MAX) throw invalid('MAX_FRAME_SIZE');
    } else if (id === SettingId.EnablePush && value > 1) {
      throw invalid('ENABLE_PUSH');
    }
  }
}

function invalid(setting: string): ConnectionError {
  return new ConnectionError(ErrorCode.ProtocolError, `bad ${setting}`);
}
