/** Languages people tell stories in: first those of most families here, then all others. */

/** Shown as chips at once. */
export const NEAR: readonly string[] = ["en", "yue", "zh", "vi", "fil", "ja", "ko", "hi", "es"];

/** Every language that can be named; the rest of them in a list. */
export const SPOKEN: readonly string[] = [
  ...NEAR,
  ...(
    "af am ar as az ba be bg bn bo br bs ca ceb cs cy da de el et eu fa fi fo fr gl gu ha haw he hr " +
    "ht hu hy id ilo is it jv ka kk km kn lb ln lo lt lv mg mi mk ml mn mr ms mt my nan ne nl no oc " +
    "pa pl ps pt ro ru sa sd si sk sl sm sn so sq sr su sv sw ta te tg th tk tr tt uk ur uz yi yo"
  ).split(" "),
];
