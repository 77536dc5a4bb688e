/** One field: the token, and where it is found. */
import { signal } from "@preact/signals";
import { signIn } from "../session.js";

const busy = signal(false);

export function SignIn(props: { error: string | null }) {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const token = new FormData(event.currentTarget).get("token");
    if (typeof token !== "string" || token.trim() === "") return;
    busy.value = true;
    await signIn(token);
    busy.value = false;
  };
  return (
    <main class="sign-in">
      <form onSubmit={(event) => void submit(event)}>
        <h1>exonet</h1>
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          class="mono"
          autocomplete="off"
          autofocus
          data-testid="token"
          aria-invalid={props.error !== null}
          aria-describedby="token-hint"
        />
        {props.error !== null && (
          <p class="trouble" role="alert">
            {props.error}
          </p>
        )}
        <p id="token-hint" class="hint">
          When it starts, exonet prints a link to this page that ends in <code>#token=…</code>. Follow that link, or
          paste it here, whole or the token alone. The token also lies in the data folder, in the file{" "}
          <code>token</code>.
        </p>
        <button type="submit" class="primary" disabled={busy.value}>
          Enter
        </button>
      </form>
    </main>
  );
}
