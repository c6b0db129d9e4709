/**
 * The type of a global class, as Node's types or the web's declare it where a program is compiled; `never` if neither
 * does. So our declarations need neither.
 */
export type GlobalClass<Name extends string> = typeof globalThis extends { [name in Name]: { prototype: infer Type } }
  ? Type
  : never
