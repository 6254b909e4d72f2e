/** What a piece of a query does, with the English for it. */
export type PieceKind =
  | 'thing'
  | 'colour'
  | 'place'
  | 'count'
  | 'heading'
  | 'act'
  | 'relation'
  | 'and'
  | 'or'
  | 'of'
  | 'nothing'
  | 'unknown';

/** The small words of a language: each row is English, then what is said for it, as the source of an expression. */
export interface Grammar {
  /** Words are parted by spaces. */
  spaced: boolean;
  rows: readonly (readonly [kind: PieceKind, english: string, source: string])[];
}

type Rows = Grammar['rows'];

const colours = (sources: Readonly<Record<string, string>>): Rows =>
  Object.entries(sources).map(([english, source]) => ['colour', english, source] as const);

/** Places, by side; `corner` makes the source of a corner of two of them. */
const places = (sources: Readonly<Record<string, string>>): Rows =>
  Object.entries(sources).map(([english, source]) => ['place', english, source] as const);

const counts = (...sources: readonly string[]): Rows =>
  sources.map((source, index) => ['count', ['two', 'three', 'four', 'five'][index], source] as const);

const classifier =
  '(?:只|个|辆|条|头|匹|把|张|台|架|艘|位|名|本|瓶|杯|块|根|朵|棵|件|对|副|部|列|盏|座|支|枚|颗|片|顶|间|栋)';

const zh: Grammar = {
  spaced: false,
  rows: [
    ...colours({
      red: '(?:大红|鲜红|红)色?',
      orange: '(?:橙|橘)(?:色|黄色)',
      yellow: '(?:金|黄)色?',
      green: '绿色?',
      blue: '(?:深蓝|浅蓝|天蓝|蓝)色?',
      purple: '紫色?',
      pink: '粉红?色?',
      brown: '(?:棕|褐|咖啡)色',
      black: '黑色?',
      white: '白色?',
      grey: '灰色?|银色',
    }),
    ...places({
      'in the top left corner': '左上(?:角|方|边)?',
      'in the top right corner': '右上(?:角|方|边)?',
      'in the bottom left corner': '左下(?:角|方|边)?',
      'in the bottom right corner': '右下(?:角|方|边)?',
      'on the left': '(?:左手边|左边|左侧|左面|左方|左)',
      'on the right': '(?:右手边|右边|右侧|右面|右方|右)',
      'in the middle': '(?:正?中间|中央|正中|中部)',
      'at the top': '(?:上方|顶部|最上面)',
      'at the bottom': '(?:下方|底部|最下面)',
    }),
    [
      'heading',
      'moving from left to right',
      '从左(?:边|侧)?(?:往|到|向|至)右(?:边|侧)?' + '(?:走|开|跑|移动|行驶|飞|骑|游)?',
    ],
    [
      'heading',
      'moving from right to left',
      '从右(?:边|侧)?(?:往|到|向|至)左(?:边|侧)?' + '(?:走|开|跑|移动|行驶|飞|骑|游)?',
    ],
    ['heading', 'moving to the left', '(?:向|往|朝)左(?:边|侧)?(?:走|开|跑|移动|行驶|飞|骑|游|转)?'],
    ['heading', 'moving to the right', '(?:向|往|朝)右(?:边|侧)?(?:走|开|跑|移动|行驶|飞|骑|游|转)?'],
    ['heading', 'moving away', '(?:开走|离开|走远|远去|驶离|开远|走开)'],
    [
      'heading',
      'approaching',
      '(?:(?:走|开|跑|驶|骑)?过来|靠近|走近|驶来|(?:向|朝)镜头(?:走|开|跑|驶)(?:来|过来)?|接近)',
    ],
    ['count', 'a', `[一1](?:${classifier})`],
    ['count', 'two', `[两二2](?:${classifier})`],
    ['count', 'three', `[三3](?:${classifier})`],
    ['count', 'four', `[四4](?:${classifier})`],
    ['count', 'five', `[五5](?:${classifier})`],
    ['count', 'six', `[六6](?:${classifier})`],
    ['count', 'a group of', '一(?:群|堆|排|批)'],
    ['count', 'several', `(?:几|好几|许多|很多|多)(?:${classifier})?`],
    ['count', 'some', '(?:一些|有些|某些|某个|任何)'],
    ['act', 'riding', '骑着?'],
    ['act', 'driving', '驾驶着?|开着'],
    ['act', 'wearing', '(?:身穿|穿着|穿|戴着|戴)'],
    ['act', 'holding', '(?:拿着|拿|抱着|抱|举着|握着|手持|捧着)'],
    ['act', 'eating', '(?:正?在)?吃着?'],
    ['act', 'drinking', '(?:正?在)?喝着?'],
    ['act', 'playing', '(?:正?在)?(?:弹奏|演奏|弹|拉|玩|打)着?'],
    ['act', 'reading', '(?:正?在)?(?:看书|读书|阅读|读)'],
    ['act', 'walking', '(?:正?在)?(?:走路|行走|散步|走着?)'],
    ['act', 'running', '(?:正?在)?(?:奔跑|跑步|跑着?)'],
    ['act', 'sitting', '坐(?:在|着)?'],
    ['act', 'standing', '站(?:在|着)?'],
    ['act', 'lying', '(?:躺|趴)(?:在|着)?'],
    ['act', 'sleeping', '(?:正?在)?睡(?:觉|着)?'],
    ['act', 'jumping', '(?:正?在)?跳(?:跃|起来)?'],
    ['act', 'dancing', '(?:正?在)?跳舞'],
    ['act', 'swimming', '(?:正?在)?游泳'],
    ['act', 'singing', '(?:正?在)?唱歌'],
    ['act', 'cooking', '(?:正?在)?(?:做饭|烹饪|炒菜)'],
    ['act', 'flying', '(?:正?在)?(?:飞行|飞着?)'],
    ['relation', 'on', '上面?|之上'],
    ['relation', 'in', '里面?|里边|内|当中'],
    ['relation', 'under', '下面?|底下'],
    ['relation', 'next to', '旁边?|旁|身边|附近'],
    ['relation', 'behind', '后面|背后'],
    ['relation', 'in front of', '前面|面前'],
    ['and', 'and', '和|与|跟|以及|还有|同|、|,|，'],
    ['or', 'or', '或者?|还是'],
    ['of', '', '的|之'],
    [
      'nothing',
      '',
      '画面|图像|照片|图片|镜头|视频|屏幕|片段|场景|这|那|这个|那个|这些|那些|我的?|你的?|他的?|她的?|我们的?|在|正在|有|着|了|是|一|地|很|非常|正',
    ],
  ],
};

const ja: Grammar = {
  spaced: false,
  rows: [
    ...colours({
      ...{ red: '赤い|赤色|赤', orange: 'オレンジ色', yellow: '黄色い|黄色', green: '緑色|緑' },
      ...{ blue: '青い|青色|青', purple: '紫色|紫', pink: 'ピンク色?|桃色', brown: '茶色い|茶色' },
      ...{ black: '黒い|黒色|黒', white: '白い|白色|白', grey: '灰色|グレー' },
    }),
    ...places({
      ...{ 'in the top left corner': '左上', 'in the top right corner': '右上' },
      ...{ 'in the bottom left corner': '左下', 'in the bottom right corner': '右下' },
      ...{ 'on the left': '左側|左', 'on the right': '右側|右', 'in the middle': '真ん中|中央' },
    }),
    ['count', 'two', '(?:二|2|２)(?:つ|匹|台|人|本|頭|羽|個)(?:の)?'],
    ['count', 'three', '(?:三|3|３)(?:つ|匹|台|人|本|頭|羽|個)(?:の)?'],
    ['count', 'several', '(?:たくさん|数匹|数台|数人|複数)(?:の)?'],
    ['and', 'and', 'と|や|、|,'],
    ['or', 'or', 'または|か'],
    ['of', '', 'の'],
    [
      'nothing',
      '',
      'はありますか|はいますか|がいますか|がありますか|ですか|探して|見せて|どこ|が|は|を|に|で|画面|動画|映像|シーン|場面|ある|いる|この|その|あの',
    ],
  ],
};

const ko: Grammar = {
  spaced: true,
  rows: [
    ...colours({
      ...{ red: '빨간색?|빨강|붉은', orange: '주황색?', yellow: '노란색?|노랑', green: '초록색?|녹색|초록' },
      ...{ blue: '파란색?|파랑|푸른', purple: '보라색?', pink: '분홍색?|핑크색?', brown: '갈색' },
      ...{ black: '검은색?|검정색?|까만', white: '하얀색?|흰색?|하양', grey: '회색' },
    }),
    ...places({ 'on the left': '왼쪽', 'on the right': '오른쪽', 'in the middle': '가운데|중앙' }),
    ...counts('두|둘', '세|셋', '네|넷', '다섯'),
    ['and', 'and', '그리고|,'],
    ['or', 'or', '또는|혹은'],
    [
      'nothing',
      '',
      '찾아(?:줘|주세요)?|보여(?:줘|주세요)?|있어요?|있나요?|있습니까|한|마리|대|개|명|권|있는|이|그|저|장면|영상',
    ],
  ],
};

const de: Grammar = {
  spaced: true,
  rows: [
    ...colours({
      ...{ red: 'rot(?:e[rsnm]?)?', orange: 'orange(?:n|farben(?:e[rsnm]?)?)', yellow: 'gelb(?:e[rsnm]?)?' },
      ...{ green: 'grün(?:e[rsnm]?)?', blue: 'blau(?:e[rsnm]?)?', purple: 'lila|violett(?:e[rsnm]?)?' },
      ...{ pink: 'rosa|pink', brown: 'braun(?:e[rsnm]?)?', black: 'schwarz(?:e[rsnm]?)?' },
      ...{ white: 'wei(?:ß|ss)(?:e[rsnm]?)?', grey: 'grau(?:e[rsnm]?)?' },
    }),
    ...places({
      ...{
        'in the top left corner': '(?:oben links|links oben)',
        'in the top right corner': '(?:oben rechts|rechts oben)',
      },
      ...{ 'in the bottom left corner': '(?:unten links|links unten)' },
      ...{ 'in the bottom right corner': '(?:unten rechts|rechts unten)' },
      ...{ 'on the left': 'links|auf der linken seite', 'on the right': 'rechts|auf der rechten seite' },
      ...{ 'in the middle': 'in der mitte', 'at the top': 'oben', 'at the bottom': 'unten' },
    }),
    ...counts('zwei', 'drei', 'vier', 'fünf'),
    ['count', 'several', 'mehrere|einige|viele'],
    ['and', 'and', 'und|,'],
    ['or', 'or', 'oder'],
    [
      'nothing',
      '',
      'gibt es|zeige? mir|suche|finde|wo (?:ist|sind)|ein(?:e[rsnm]?)?|der|die|das|den|dem|des|im bild|mein(?:e[rsnm]?)?|dies(?:e[rsnm]?)',
    ],
  ],
};

const fr: Grammar = {
  spaced: true,
  rows: [
    ...colours({
      ...{ red: 'rouges?', orange: 'orange', yellow: 'jaunes?', green: 'verte?s?', blue: 'bleue?s?' },
      ...{ purple: 'violet(?:te)?s?', pink: 'roses?', brown: 'marron|brune?s?', black: 'noire?s?' },
      ...{ white: 'blanc(?:he)?s?', grey: 'grise?s?' },
    }),
    ...places({
      ...{ 'in the top left corner': 'en haut à gauche', 'in the top right corner': 'en haut à droite' },
      ...{ 'in the bottom left corner': 'en bas à gauche', 'in the bottom right corner': 'en bas à droite' },
      ...{ 'on the left': '(?:à|de|sur la) gauche', 'on the right': '(?:à|de|sur la) droite' },
      ...{ 'in the middle': 'au (?:milieu|centre)', 'at the top': 'en haut', 'at the bottom': 'en bas' },
    }),
    ...counts('deux', 'trois', 'quatre', 'cinq'),
    ['count', 'several', 'plusieurs|quelques'],
    ['and', 'and', 'et|,'],
    ['or', 'or', 'ou'],
    [
      'nothing',
      '',
      "y a-t-il|il y a|montre(?:-moi)?|cherche|trouve|où (?:est|sont)|une?|des|les?|la|l'|d'|du|mon|ma|mes|cette|ces?",
    ],
  ],
};

const es: Grammar = {
  spaced: true,
  rows: [
    ...colours({
      ...{ red: 'roj[oa]s?', orange: 'naranjas?|anaranjad[oa]s?', yellow: 'amarill[oa]s?', green: 'verdes?' },
      ...{ blue: 'azul(?:es)?', purple: 'morad[oa]s?|violetas?', pink: 'ros(?:a|ad[oa])s?' },
      ...{
        brown: 'marr(?:ón|ones)|castañ[oa]s?',
        black: 'negr[oa]s?',
        white: 'blanc[oa]s?',
        grey: 'gris(?:es)?',
      },
    }),
    ...places({
      ...{
        'in the top left corner': 'arriba a la izquierda',
        'in the top right corner': 'arriba a la derecha',
      },
      ...{
        'in the bottom left corner': 'abajo a la izquierda',
        'in the bottom right corner': 'abajo a la derecha',
      },
      ...{ 'on the left': '(?:a|de|en) la izquierda', 'on the right': '(?:a|de|en) la derecha' },
      ...{ 'in the middle': 'en el (?:medio|centro)', 'at the top': 'arriba', 'at the bottom': 'abajo' },
    }),
    ...counts('dos', 'tres', 'cuatro', 'cinco'),
    ['count', 'several', 'vari[oa]s|much[oa]s|algun[oa]s'],
    ['and', 'and', 'y|e|,'],
    ['or', 'or', 'o|u'],
    [
      'nothing',
      '',
      'hay|muéstrame|muestra|busca|encuentra|dónde está|un[oa]?s?|el|la|l[oa]s|mis?|est[ea]|est[oa]s',
    ],
  ],
};

const it: Grammar = {
  spaced: true,
  rows: [
    ...colours({
      ...{
        red: 'ross[oaie]',
        orange: 'arancion[ei]',
        yellow: 'giall[oaie]',
        green: 'verd[ei]',
        blue: 'blu|azzurr[oaie]',
      },
      ...{
        purple: 'viola',
        pink: 'rosa',
        brown: 'marron[ei]',
        black: 'ner[oaie]',
        white: 'bianc(?:[oa]|h[ie])',
      },
      ...{ grey: 'grig(?:i[oae]?)' },
    }),
    ...places({
      ...{ 'in the top left corner': 'in alto a sinistra', 'in the top right corner': 'in alto a destra' },
      ...{
        'in the bottom left corner': 'in basso a sinistra',
        'in the bottom right corner': 'in basso a destra',
      },
      ...{ 'on the left': '(?:a|sulla) sinistra', 'on the right': '(?:a|sulla) destra' },
      ...{
        'in the middle': '(?:al|nel) (?:centro|mezzo)',
        'at the top': 'in alto',
        'at the bottom': 'in basso',
      },
    }),
    ...counts('due', 'tre', 'quattro', 'cinque'),
    ['count', 'several', 'alcun[ie]|molt[ie]|divers[ie]'],
    ['and', 'and', 'e|ed|,'],
    ['or', 'or', 'o|oppure'],
    [
      'nothing',
      '',
      "c'è|ci sono|mostra(?:mi)?|cerca|trova|dov'è|un[oa]?|un'|il|l[oa]|i|gli|le|l'|mi[oae]|quest[oaie]",
    ],
  ],
};

const pt: Grammar = {
  spaced: true,
  rows: [
    ...colours({
      ...{
        red: 'vermelh[oa]s?',
        orange: 'laranjas?|alaranjad[oa]s?',
        yellow: 'amarel[oa]s?',
        green: 'verdes?',
      },
      ...{
        blue: 'azul|azuis',
        purple: 'rox[oa]s?',
        pink: '(?:cor[ -]de[ -])?rosa',
        brown: 'marr(?:om|ons)|castanh[oa]s?',
      },
      ...{ black: 'pret[oa]s?|negr[oa]s?', white: 'branc[oa]s?', grey: 'cinza|cinzent[oa]s?' },
    }),
    ...places({
      ...{
        'in the top left corner': '(?:em cima|acima) à esquerda',
        'in the top right corner': '(?:em cima|acima) à direita',
      },
      ...{ 'on the left': '(?:à|na|da) esquerda', 'on the right': '(?:à|na|da) direita' },
      ...{
        'in the middle': 'no (?:meio|centro)',
        'at the top': 'em cima',
        'at the bottom': 'em baixo|embaixo',
      },
    }),
    ...counts('dois|duas', 'três', 'quatro', 'cinco'),
    ['count', 'several', 'vári[oa]s|muit[oa]s|algum(?:a?s)'],
    ['and', 'and', 'e|,'],
    ['or', 'or', 'ou'],
    ['nothing', '', 'há|tem|mostra|procura|encontra|onde está|uma?s?|uns|[oa]s?|meu|minha|est[ea]s?'],
  ],
};

const ruAdjective = '(?:ый|ий|ая|яя|ое|ее|ые|ие|ого|его|ой|ей|ую|юю|ым|им|ых|их|ом|ем)';
const ru: Grammar = {
  spaced: true,
  rows: [
    ...colours(
      Object.fromEntries(
        Object.entries({
          ...{ red: 'красн', orange: 'оранжев', yellow: 'желт', green: 'зелен', blue: '(?:син|голуб)' },
          ...{
            purple: 'фиолетов',
            pink: 'розов',
            brown: 'коричнев',
            black: 'черн',
            white: 'бел',
            grey: 'сер',
          },
        }).map(([english, stem]) => [english, stem + ruAdjective]),
      ),
    ),
    ...places({
      ...{ 'on the left': 'слева', 'on the right': 'справа', 'in the middle': '(?:в центре|посередине)' },
      ...{ 'at the top': '(?:сверху|вверху)', 'at the bottom': '(?:снизу|внизу)' },
    }),
    ...counts('два|две|двое', 'три|трое', 'четыре', 'пять'),
    ['count', 'several', 'несколько|много'],
    ['and', 'and', 'и|,'],
    ['or', 'or', 'или'],
    ['nothing', '', 'есть ли|есть|покажи|найди|где|эт(?:от|а|о|и|у)|мо(?:й|я|е|и|ю)'],
  ],
};

/** What is known of each language's small words, ISO 639-1. */
export const grammars = { zh, de, fr, es, it, pt, ja, ko, ru } as const;

/** A language that there are word lists for. */
export type Known = keyof typeof grammars;

/** Whether there are word lists for a language. */
export function isKnown(language: string | undefined): language is Known {
  return language !== undefined && Object.hasOwn(grammars, language);
}
