/**
 * Python pickles of plain data: numbers, texts, lists, tuples, dictionaries. Nothing in a pickle is
 * executed: a global is looked up in a list of those that stand for data, and any other is an error.
 */
import { PairlabError } from "../base/errors.ts";

/** A value of a pickle. Dictionaries are maps, tuples and lists arrays, integers numbers. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickledGlobal
  | object;

/** A global, named but not loaded. */
export class PickledGlobal {
  /** @param name Module and name, e.g. `collections.OrderedDict`. */
  constructor(readonly name: string) {}
}

/** What a pickle may hold besides plain data. */
export interface PickleOptions {
  /** What a global makes of its arguments, by module and name. Others are errors. */
  readonly globals: ReadonlyMap<string, (args: readonly PickleValue[]) => PickleValue>;
  /** The object that a persistent id stands for. */
  readonly persistent: (id: PickleValue) => PickleValue;
}

const MARK = Symbol("mark");

/** A pickle's value, and where the next begins. */
export interface Unpickled {
  readonly value: PickleValue;
  readonly end: number;
}

/**
 * Reads a pickle of protocol 2 to 5.
 *
 * @param start Where it begins.
 * @throws {PairlabError} If it contains a global that is not allowed, or is damaged.
 *
 * @example
 * ```ts
 * import { unpickle } from "./pickle.ts";
 * import { assertEquals } from "@std/assert";
 *
 * // pickle.dumps((1, True), 2)
 * const bytes = new Uint8Array([0x80, 2, 0x4b, 1, 0x88, 0x86, 0x71, 0, 0x2e]);
 * const options = { globals: new Map(), persistent: () => null };
 * assertEquals(unpickle(bytes, options).value, [1, true]);
 * ```
 */
export function unpickle(bytes: Uint8Array, options: PickleOptions, start = 0): Unpickled {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: (PickleValue | typeof MARK)[] = [];
  const memo = new Map<number, PickleValue>();
  let at = start;

  const take = (count: number): number => {
    if (at + count > bytes.length) throw damaged("it ends in the middle");
    at += count;
    return at - count;
  };
  const byte = (): number => bytes[take(1)]!;
  const uint32 = (): number => view.getUint32(take(4), true);
  const text = (length: number): string => {
    const from = take(length);
    return new TextDecoder().decode(bytes.subarray(from, from + length));
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw damaged("it ends in the middle");
    const read = text(end - at);
    at++;
    return read;
  };
  const integer = (length: number): number | bigint => {
    let value = 0n;
    const from = take(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]!);
    const signed = length > 0 ? BigInt.asIntN(8 * length, value) : 0n;
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    if (value === undefined || value === MARK) throw damaged("its stack is empty");
    return value as PickleValue;
  };
  const top = (): PickleValue => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const sinceMark = (): PickleValue[] => {
    const from = stack.lastIndexOf(MARK);
    if (from < 0) throw damaged("a mark is missing");
    const values = stack.splice(from).slice(1);
    return values as PickleValue[];
  };
  const list = (): PickleValue[] => {
    const value = top();
    if (!Array.isArray(value)) throw damaged("it appends to what is no list");
    return value;
  };
  const setItems = (items: readonly PickleValue[]): void => {
    const target = top();
    if (!(target instanceof Map)) throw damaged("it sets items of what is no dictionary");
    for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
  };
  const call = (global: PickleValue, args: PickleValue): PickleValue => {
    if (!(global instanceof PickledGlobal) || !Array.isArray(args)) {
      throw damaged("it calls no global");
    }
    return options.globals.get(global.name)!(args);
  };
  const find = (name: string): PickledGlobal => {
    if (options.globals.has(name)) return new PickledGlobal(name);
    throw new PairlabError(`it refers to "${name}", which is no data`);
  };

  for (;;) {
    const code = byte();
    switch (code) {
      case 0x2e: // STOP
        return { value: pop(), end: at };
      case 0x80: // PROTO
        byte();
        break;
      case 0x95: // FRAME
        take(8);
        break;
      case 0x28: // MARK
        stack.push(MARK);
        break;
      case 0x30: // POP
        stack.pop();
        break;
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        stack.push(code === 0x88);
        break;
      case 0x4a: // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case 0x4b: // BININT1
        stack.push(byte());
        break;
      case 0x4d: // BININT2
        stack.push(view.getUint16(take(2), true));
        break;
      case 0x8a: // LONG1
        stack.push(integer(byte()));
        break;
      case 0x47: // BINFLOAT
        stack.push(view.getFloat64(take(8), false));
        break;
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        stack.push(text(uint32()));
        break;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        stack.push(text(byte()));
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x74: // TUPLE
      case 0x6c: // LIST
        stack.push(sinceMark());
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: { // TUPLE3
        const values = Array.from({ length: code - 0x84 }, pop).reverse();
        stack.push(values);
        break;
      }
      case 0x61: { // APPEND
        const value = pop();
        list().push(value);
        break;
      }
      case 0x65: { // APPENDS
        const values = sinceMark();
        list().push(...values);
        break;
      }
      case 0x73: { // SETITEM
        const value = pop(), key = pop();
        setItems([key, value]);
        break;
      }
      case 0x75: { // SETITEMS
        const items = sinceMark();
        setItems(items);
        break;
      }
      case 0x71: // BINPUT
        memo.set(byte(), top());
        break;
      case 0x72: // LONG_BINPUT
        memo.set(uint32(), top());
        break;
      case 0x94: // MEMOIZE
        memo.set(memo.size, top());
        break;
      case 0x68: // BINGET
      case 0x6a: { // LONG_BINGET
        const value = memo.get(code === 0x68 ? byte() : uint32());
        if (value === undefined) throw damaged("it refers to what is not there");
        stack.push(value);
        break;
      }
      case 0x63: // GLOBAL
        stack.push(find(`${line()}.${line()}`));
        break;
      case 0x93: { // STACK_GLOBAL
        const name = pop(), module = pop();
        stack.push(find(`${module}.${name}`));
        break;
      }
      case 0x51: // BINPERSID
        stack.push(options.persistent(pop()));
        break;
      case 0x52: // REDUCE
      case 0x81: { // NEWOBJ
        const args = pop(), global = pop();
        stack.push(call(global, args));
        break;
      }
      case 0x62: // BUILD: attributes, e.g. the _metadata of a state dictionary
        pop();
        break;
      default:
        throw damaged(`it has the unknown instruction 0x${code.toString(16)}`);
    }
  }
}

function damaged(found: string): PairlabError {
  return new PairlabError(`it is no pickle of data: ${found}`);
}
