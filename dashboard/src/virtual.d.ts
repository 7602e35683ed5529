/** Where the texts of a language lie; made in vite.config.ts. */
declare module "virtual:words/*" {
  const url: string;
  export default url;
}
