/** The session, the books, the profile, the programs: what is not about one kind of thing. */
import { takeJson } from "./body.js";
import { booksOf, refresh } from "./picture.js";
import type { Plane } from "./plane.js";
import { applyProfile, exportProfile } from "./profile.js";
import type { App } from "./routes.js";
import { answer, Nothing, ProfileDocument, Session } from "./schemas.js";

export function systemRoutes(api: App, plane: Plane, cookie: () => string): void {
  void api.register(async (scope: App) => {
    takeJson(scope, plane.limits);
    sessionRoutes(scope, plane, cookie);
    readRoutes(scope, plane);
    profileRoute(scope, plane);
  });
}

function sessionRoutes(scope: App, plane: Plane, cookie: () => string): void {
  const { sessions } = plane;
  const tags = ["session"];
  const open = { tags, summary: "Exchange the token for a cookie", body: Session, response: { 204: {} } };
  scope.post("/session", { schema: open, config: { open: true } }, async (request, reply) => {
    const now = plane.now();
    const { value, expires } = sessions.open(await plane.admission.admit(request.body.token), now);
    const maxAge = Math.ceil((expires - now) / 1000);
    const options = { path: "/", httpOnly: true, sameSite: "strict", maxAge } as const;
    return reply.setCookie(cookie(), value, options).code(204).send();
  });

  const end = { tags, summary: "Sign out", body: Nothing, response: { 204: {} } };
  scope.delete("/session", { schema: end }, async (request, reply) => {
    const value = request.cookies[cookie()];
    if (value !== undefined) sessions.close(value);
    return reply.clearCookie(cookie(), { path: "/" }).code(204).send();
  });
}

function readRoutes(scope: App, plane: Plane): void {
  const { appliance, programs } = plane;
  const books = { tags: ["books"], summary: "The books, and whether they balance", response: answer("Books") };
  scope.get("/books", { schema: books }, () => {
    refresh(appliance);
    return booksOf(appliance.books);
  });

  const list = { tags: ["environments"], summary: "Programs of the installation", response: answer("string[]") };
  scope.get("/programs", { schema: list }, () => programs);
}

function profileRoute(scope: App, plane: Plane): void {
  const tags = ["profile"];
  const out = { tags, summary: "The whole configuration", response: answer("Profile") };
  scope.get("/profile", { schema: out }, () => exportProfile(plane));

  const schema = {
    tags,
    summary: "Stop, clear, and make what the document names",
    body: ProfileDocument,
    response: answer("Profile"),
  };
  scope.put("/profile", { schema, bodyLimit: plane.store.limits.profileOctets }, async (request) => {
    await plane.turns.run(() => applyProfile(plane, request.capability, request.body));
    plane.feed.changed("filters");
    plane.feed.changed("bindings");
    return exportProfile(plane);
  });
}
