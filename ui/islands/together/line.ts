// The line to the server: the Yjs sync protocol over a WebSocket that comes back by itself. What the server has not yet
// said to be on disk is kept, in this browser too, so that neither a lost connection nor a closed tab loses a word.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as awarenessProtocol from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import type * as Y from "yjs";
import type { Shelf } from "./shelf.ts";

const SYNC = 0;
const AWARENESS = 1;
const SAVED = 100;

/** `ended`: the server will not have us any more; its sentence says why. */
export type State =
  | { kind: "connecting" | "saved" | "saving" }
  | { kind: "offline"; changes: number }
  | { kind: "ended"; reason: string };

/** Close codes after which coming again is of no use. */
const FINAL = [1007, 1008, 1009];

export class Line {
  readonly awareness: awarenessProtocol.Awareness;
  #doc: Y.Doc;
  #url: string;
  #shelf: Shelf;
  #socket: WebSocket | undefined;
  #tries = 0;
  /** The server's whole text has come. */
  #synced = false;
  /** The server has been sent everything that it lacked; what is typed from here on goes out as it comes. */
  #answered = false;
  #over: string | undefined;
  /** Updates that the server has not said to be on disk, oldest first, by their place on the shelf. */
  #unsaved: number[] = [];
  /** For each update sent over this connection that is not acknowledged: how many of `#unsaved` it covers. */
  #sent: number[] = [];
  #acknowledged = 0;
  #waiting: (() => void)[] = [];
  #changed: (state: State) => void;

  constructor(doc: Y.Doc, url: string, shelf: Shelf, changed: (state: State) => void) {
    this.#doc = doc;
    this.#url = url;
    this.#shelf = shelf;
    this.#changed = changed;
    this.awareness = new awarenessProtocol.Awareness(doc);
    this.#unsaved = [...shelf.places];
    doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === this || origin === shelf) return;
      this.#unsaved.push(shelf.put(update));
      if (this.#answered) this.#send(this.#update(update), 1);
      this.#tell();
    });
    this.awareness.on(
      "update",
      ({ added, updated, removed }: Record<"added" | "updated" | "removed", number[]>, origin: unknown) => {
        if (origin !== this) this.#say(this.#presence([...added, ...updated, ...removed]));
      },
    );
    addEventListener("online", () => this.#connect());
    addEventListener("offline", () => this.#socket?.close());
    addEventListener("pagehide", () =>
      awarenessProtocol.removeAwarenessStates(this.awareness, [doc.clientID], "gone"),
    );
    this.#connect();
  }

  /** Once everything typed until then is on disk. */
  settled(): Promise<void> {
    if (this.unsaved === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  get unsaved(): number {
    return this.#unsaved.length;
  }

  get state(): State {
    if (this.#over !== undefined) return { kind: "ended", reason: this.#over };
    if (!this.#socket || this.#socket.readyState !== WebSocket.OPEN) {
      return this.#tries === 0 ? { kind: "connecting" } : { kind: "offline", changes: this.unsaved };
    }
    if (!this.#synced || !this.#answered) return { kind: "connecting" };
    return { kind: this.unsaved > 0 ? "saving" : "saved" };
  }

  #tell(): void {
    this.#changed(this.state);
  }

  #connect(): void {
    if (this.#over !== undefined || this.#socket) return;
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#synced = false;
    this.#answered = false;
    this.#sent = [];
    this.#acknowledged = 0;
    socket.onopen = () => {
      const hello = encoding.createEncoder();
      encoding.writeVarUint(hello, SYNC);
      syncProtocol.writeSyncStep1(hello, this.#doc);
      socket.send(encoding.toUint8Array(hello));
      if (this.awareness.getLocalState() !== null) this.#say(this.#presence([this.#doc.clientID]));
      this.#tell();
    };
    socket.onmessage = (message) => this.#hear(new Uint8Array(message.data));
    socket.onclose = (event) => {
      this.#socket = undefined;
      this.#synced = false;
      this.#answered = false;
      const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.#doc.clientID);
      awarenessProtocol.removeAwarenessStates(this.awareness, others, this);
      if (FINAL.includes(event.code)) this.#over = event.reason;
      this.#tries += 1;
      this.#tell();
      // Everybody loses the server at once; they come back spread out.
      const wait = Math.min(10_000, 250 * 2 ** Math.min(this.#tries, 6)) * (0.5 + Math.random());
      setTimeout(() => this.#connect(), wait);
    };
  }

  #hear(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    switch (decoding.readVarUint(decoder)) {
      case SYNC: {
        const answer = encoding.createEncoder();
        encoding.writeVarUint(answer, SYNC);
        const step = syncProtocol.readSyncMessage(decoder, answer, this.#doc, this);
        // Our answer to the server's state brings everything that it lacks.
        if (step === syncProtocol.messageYjsSyncStep1) {
          this.#send(encoding.toUint8Array(answer), this.#unsaved.length);
          this.#answered = true;
        }
        if (step === syncProtocol.messageYjsSyncStep2 && !this.#synced) {
          this.#synced = true;
          this.#tries = 0;
          this.#tell();
        }
        break;
      }
      case AWARENESS:
        awarenessProtocol.applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
        break;
      case SAVED: {
        const body = decoding.createDecoder(decoding.readVarUint8Array(decoder));
        this.#settle(decoding.readVarUint(body));
        break;
      }
    }
  }

  /** So many updates of this connection are on disk. */
  #settle(count: number): void {
    let covered = 0;
    for (; this.#acknowledged < count && this.#sent.length > 0; this.#acknowledged += 1) {
      covered += this.#sent.shift() ?? 0;
    }
    this.#shelf.drop(this.#unsaved.splice(0, covered));
    if (this.unsaved === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    this.#tell();
  }

  #update(update: Uint8Array): Uint8Array {
    const frame = encoding.createEncoder();
    encoding.writeVarUint(frame, SYNC);
    syncProtocol.writeUpdate(frame, update);
    return encoding.toUint8Array(frame);
  }

  #presence(clients: number[]): Uint8Array {
    const frame = encoding.createEncoder();
    encoding.writeVarUint(frame, AWARENESS);
    encoding.writeVarUint8Array(frame, awarenessProtocol.encodeAwarenessUpdate(this.awareness, clients));
    return encoding.toUint8Array(frame);
  }

  #send(frame: Uint8Array, covers: number): void {
    this.#sent.push(covers);
    this.#say(frame);
  }

  #say(frame: Uint8Array): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(frame as Uint8Array<ArrayBuffer>);
  }
}
