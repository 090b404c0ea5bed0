// Updates that the server does not have yet, kept in this browser (IndexedDB) until it does: they outlive the tab.
// Where the browser keeps nothing (a private window, a full disk), they live as long as the page.

const STORE = "unsaved";

export class Shelf {
  /** Places of what was kept from before, oldest first. */
  readonly places: number[];
  readonly updates: Uint8Array[];
  #database: IDBDatabase | undefined;
  #next: number;

  private constructor(database: IDBDatabase | undefined, kept: [number, Uint8Array][]) {
    this.#database = database;
    this.places = kept.map(([place]) => place);
    this.updates = kept.map(([, update]) => update);
    // Two tabs of one browser share the shelf; their places don't meet.
    this.#next = Date.now() * 1000 + Math.floor(Math.random() * 1000);
  }

  static async open(name: string): Promise<Shelf> {
    try {
      const database = await asked(request(name));
      const store = database.transaction(STORE).objectStore(STORE);
      const [places, updates] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())]);
      return new Shelf(
        database,
        places.map((place, at) => [Number(place), updates[at] as Uint8Array]),
      );
    } catch {
      return new Shelf(undefined, []);
    }
  }

  put(update: Uint8Array): number {
    this.#next += 1000;
    this.#write((store) => store.put(update, this.#next));
    return this.#next;
  }

  drop(places: number[]): void {
    if (places.length === 0) return;
    this.#write((store) => {
      for (const place of places) store.delete(place);
    });
  }

  #write(work: (store: IDBObjectStore) => void): void {
    try {
      const transaction = this.#database?.transaction(STORE, "readwrite");
      if (transaction) work(transaction.objectStore(STORE));
    } catch {
      this.#database = undefined;
    }
  }
}

function request(name: string): IDBOpenDBRequest {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return opening;
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
