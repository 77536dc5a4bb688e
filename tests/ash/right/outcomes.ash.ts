// Outcomes in all forms.
import { consume, type Message, type Outcome, pass, passTo, record, u32 } from "exonet/ash";

const seen = record({ calls: u32 });

function small(length: u32): Outcome {
  seen.calls += 1;
  return length < 60 ? consume : pass;
}

function byPort(message: Message): Outcome {
  if (message.length < 38) return pass;
  return message.u16(36) === 53 ? passTo(1) : message.u16(34) === 53 ? passTo(message.port % 2) : small(message.length);
}

function always(): Outcome {
  return passTo(0);
}

export default function outcomes(message: Message): Outcome {
  switch (message.number % 7) {
    case 0:
      return pass;
    case 1:
      return consume;
    case 2:
      return passTo(message.number % 3);
    case 3:
      return small(message.length);
    case 4:
      return message.length > 100 ? byPort(message) : always();
    case 5:
      if (message.length > 200) return consume;
      break;
    default:
  }
  return message.link === 1 ? byPort(message) : pass;
}
