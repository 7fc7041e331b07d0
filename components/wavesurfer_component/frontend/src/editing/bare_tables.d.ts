/** Tables without their texts: build.mjs leaves them out. */
declare module "*/keys.ts?bare" {
  export const BINDINGS: readonly Omit<import("./keys").Binding, "says">[];
}
declare module "*/list_keys.ts?bare" {
  export const LIST_BINDINGS: readonly Omit<import("./keys").Binding, "says">[];
}
