import { storeConformance } from './conformance/index.ts';
import { MemoryStore } from './memory-store.ts';

storeConformance('the store in memory', async () => ({ store: new MemoryStore(), reopen: undefined }));
