/** The bottom line: do the books balance. A click shows every term of every equation. */
import { signal } from "@preact/signals";
import type { Books } from "../../control/protocol.js";
import { type Equation, equations, isBalanced, type Term } from "../balance.js";
import { exact, si } from "../format.js";
import { Dialog } from "../parts/dialog.js";
import { books } from "../store.js";

const open = signal(false);

export function BooksLine() {
  const terms = books.value;
  if (terms === null) return <footer class="books" />;
  const balanced = isBalanced(terms);
  return (
    <footer class="books">
      <button
        type="button"
        class={balanced ? "books-line" : "books-line trouble"}
        data-testid="books"
        data-balanced={balanced}
        title="The books: every packet that was received is accounted for. Click for all terms."
        onClick={() => (open.value = true)}
      >
        <strong class="mark">{balanced ? "✓ books balance" : `✗ ${differences(terms)}`}</strong>
        <Short books={terms} />
      </button>
      {open.value && <BooksDialog books={terms} />}
    </footer>
  );
}

function differences(terms: Books): string {
  const wrong = equations(terms).filter((line) => line.difference !== 0);
  if (wrong.length === 0) return "the appliance says that its books do not balance";
  return wrong.map((line) => `${line.name} off by ${exact(line.difference)}`).join(", ");
}

/** Received and where it went, in one line; the rest is behind the click. */
function Short(props: { books: Books }) {
  const terms = props.books;
  return (
    <span class="books-short">
      received <b>{si(terms.received)}</b> = claimed <b>{si(terms.claimed)}</b> + tapped only{" "}
      <b>{si(terms.tappedOnly)}</b> + unclaimed <b>{si(terms.unclaimed)}</b>
      <span class="books-more">
        {" · "}delivered <b>{si(terms.delivered)}</b> · in flight <b>{si(terms.inFlight)}</b>
      </span>
    </span>
  );
}

function BooksDialog(props: { books: Books }) {
  return (
    <Dialog title="The books" close={() => (open.value = false)}>
      <p class="lead">Each term is counted where it happens; none is derived from the others.</p>
      {equations(props.books).map((line) => (
        <EquationTable key={line.name} line={line} />
      ))}
    </Dialog>
  );
}

function EquationTable(props: { line: Equation }) {
  const { line } = props;
  return (
    <table class="equation">
      <tbody>
        {line.left.map((term, index) => (
          <TermRow key={term.name} sign={index === 0 ? "" : "+"} term={term} />
        ))}
        {line.right.map((term, index) => (
          <TermRow key={term.name} sign={index === 0 ? "=" : "+"} term={term} />
        ))}
        <tr class={line.difference === 0 ? "difference" : "difference trouble"}>
          <td />
          <th scope="row">difference</th>
          <td class="numeric">{line.difference === 0 ? "0 ✓" : exact(line.difference)}</td>
        </tr>
      </tbody>
    </table>
  );
}

function TermRow(props: { sign: string; term: Term }) {
  return (
    <tr class={props.sign === "=" ? "rule" : ""}>
      <td class="sign">{props.sign}</td>
      <th scope="row">{props.term.name}</th>
      <td class="numeric">{exact(props.term.value)}</td>
    </tr>
  );
}
