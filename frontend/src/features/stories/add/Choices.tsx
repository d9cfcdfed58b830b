/** One question with its answers as rows from edge to edge; nothing is chosen beforehand. */

type Props<Value extends string> = {
  name: string;
  legend: string;
  lang?: string;
  value: Value | null;
  choices: readonly { value: Value; title: string; note: string }[];
  onChange: (value: Value) => void;
};

export function Choices<Value extends string>(props: Props<Value>) {
  const { name, legend, lang, value, choices, onChange } = props;
  return (
    <fieldset className="border-t border-line" {...(lang ? { lang } : {})}>
      <legend className="sr-only">{legend}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="-mx-(--inset) flex min-h-18 cursor-pointer items-center gap-x-4 border-b border-transparent px-(--inset) py-4 has-checked:bg-paper-2 lg:mx-0 lg:px-4"
          style={{ boxShadow: "inset 0 -1px 0 var(--line)" }}
        >
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={value === choice.value}
            onChange={() => onChange(choice.value)}
            className="size-6 shrink-0 appearance-none rounded-full border-[1.5px] border-edge bg-paper checked:border-[7px] checked:border-accent"
          />
          <span className="min-w-0">
            <span className="block font-bold leading-snug">{choice.title}</span>
            <span className="block text-14 leading-(--lh) text-ink-2">{choice.note}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
