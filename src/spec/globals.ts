/**
 * The type of a global class, as it is declared where a program is compiled: by Node's types, or by those of the web.
 * Our declarations need neither of them by that; `never` where there is none.
 */
export type GlobalClass<Name extends string> = typeof globalThis extends { [name in Name]: { prototype: infer Type } }
  ? Type
  : never
