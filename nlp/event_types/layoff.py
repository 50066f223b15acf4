"""Job cuts, as data: the words that trigger, the shapes a figure takes beside them, and what is no cut.

A shape is a regular expression over a sentence whose figures are masked: ‹P0› people with their noun, ‹B0› a bare
number, ‹Q0› a percent, ‹W0› a percent of a workforce. `{F}` stands for any of them and captures the figure's number.
"""

from __future__ import annotations

from nlp.dates import MONTH

STRONG_VERB = (
    r"(?:lay(?:s|ing)? off|laid[- ]off|lay-?off|let(?:s|ting)? go(?: of)?|show(?:s|ed|ing)? the door to|(?:make|making|made) redundant|fired|firing|"
    r"sack(?:s|ed|ing)?|retrench(?:es|ed|ing)?|dismiss(?:es|ed|ing)?|part(?:s|ed|ing)? ways with|say(?:s|ing)? goodbye to|"
    r"said goodbye to|(?:bid(?:s|ding)?|bade) farewell to|wav(?:e|es|ed|ing) goodbye to|hand(?:s|ed|ing)? (?:out )?pink slips to|pink-slip(?:s|ped|ping)?|(?:giv(?:e|es|en|ing)|gave) notice to|"
    r"(?:end(?:s|ed|ing)?|cancel(?:s|led|ling)?|terminat(?:e|es|ed|ing)) the (?:contracts?|employment|services?) of|"
    r"(?:not|n't) (?:renew|extend) the contracts of|part(?:s|ed|ing)? company with|"
    r"(?:send(?:s|ing)?|sent|issu(?:e|es|ed|ing)|serv(?:e|es|ed|ing)|hand(?:s|ed|ing)?(?: out)?|giv(?:e|es|en|ing)|gave) "
    r"(?:pink slips|(?:dismissal|redundancy|termination|lay-?off|retrenchment) (?:notices?|letters?|e-?mails?)) to)"
)
WEAK_VERB = (
    r"(?:cut(?:s|ting)?(?: back)?|slash(?:es|ed|ing)?|ax(?:e|es|ed|ing)?|eliminat(?:e|es|ed|ing)|shed(?:s|ding)?|"
    r"trim(?:s|med|ming)?|reduc(?:e|es|ed|ing)|drop(?:s|ped|ping)?|scrap(?:s|ped|ping)?|los(?:e|es|ing)|lost|"
    r"shrink(?:s|ing)?|shr[au]nk|thin(?:s|ned|ning)?(?: out)?|downsiz(?:e|es|ed|ing)|par(?:e|es|ed|ing)|cull(?:s|ed|ing)?|chop(?:s|ped|ping)?|remov(?:e|es|ed|ing)|"
    r"shav(?:e|es|ed|ing)|prun(?:e|es|ed|ing)|terminat(?:e|es|ed|ing)|releas(?:e|es|ed|ing)|jettison(?:s|ed|ing)?|"
    r"slim(?:s|med|ming)? down|lop(?:s|ped|ping)? off|whittl(?:e|es|ed|ing)(?: down)?|ditch(?:es|ed|ing)?|displac(?:e|es|ed|ing)|decimat(?:e|es|ed|ing)|lower(?:s|ed|ing)?|part(?:s|ed|ing)? with|"
    r"dispens(?:e|es|ed|ing) with|(?:do|does|doing|did|done) (?:away with|without)|(?:be|get(?:s|ting)?|got) rid of|rid(?:ding)? (?:itself|themselves) of|abolish(?:es|ed|ing)?|disestablish(?:es|ed|ing)?)"
)
OUSTING_VERB = (
    r"(?:(?:tak(?:e|es|en|ing)|took) (?:away|out)|wip(?:e|es|ed|ing) out|(?:strik(?:e|es|ing)|struck) off|"
    r"phas(?:e|es|ed|ing) out|sacrific(?:e|es|ed|ing)|mean(?:s|t)? the (?:end|loss) of|at the (?:cost|expense|price) of)"
)
"""What is a cut only of jobs, or where cuts are spoken of."""
FACING = (
    r"fac(?:e|es|ed|ing) (?:(?:possible|potential|likely|imminent|compulsory|the)\s)?(?:lay-?offs?|redundanc(?:y|ies)|dismissal|axe|sack|"
    r"job loss(?:es)?|retrenchment|unemployment|losing (?:their|its) jobs?)"
)
"""What those do who may be dismissed."""
JOBLESS = r"(?:out of (?:a job|jobs|work)|jobless|unemployed|without (?:a job|work))"
CUT_NOUN = (
    r"(?:lay-?offs?|job[- ]cuts?|redundanc(?:y|ies)|job losses|(?:staff|staffing|headcount|workforce|personnel|payroll) "
    r"(?:cuts?|reductions?|cutbacks?)|(?:cuts?|reductions?|cutbacks?) (?:in|to) (?:its |the |their )?(?:force|workforce|headcount|"
    r"staff|jobs)|reductions?[- ]in[- ]force|retrenchments?|dismissals|downsizing|firings?|pink slips|job eliminations?|"
    r"\bRIFs?\b)"
)
CONTEXT = (
    STRONG_VERB
    + "|"
    + CUT_NOUN
    + rf"|{WEAK_VERB} (?:[a-z\d,.%]+ ){{0,4}}?(?:jobs|staff|workforce|headcount|positions|roles|employees|workers)\b"
    + r"|cost(?:s|ing)? (?:[a-z\d,.%]+ ){1,4}?(?:their )?(?:jobs|livelihoods)\b"
    + r"|job cut|restructuring|cost[- ]cutting|staff reductions?|jobs? (?:will|to) go|severance|streamlin|workforce"
    + r"|(?:plant|factory|mill|mine|site|warehouse|store)s? (?:closures?|closings?|shutdowns?)"
    + r"|(?:clos(?:e|es|ing)|shut(?:s|ting)?(?: down)?) (?:\w+ ){0,2}(?:plants?|factory|factories|mills?|mines?|smelters?|foundry)\b"
)
WORKFORCE = (
    r"(?:workforce|work force|headcount|head count|staff|staffing|payroll|team|ranks|employee base|number of employees|"
    r"employee count|labou?r force|personnel|jobs|roles|positions|employees)"
)
_GAP = r"(?:\s+(?!(?:anyone|anybody|nobody|took|mov|relocat|transferr|redeploy|reassign|retain|hir|add|creat|employ|recruit|after|while|since|despite|though|from|pay|salar(?!ied)|price|rate|tax|interest|revenue|cost|spending|growth|customers|users|production|emissions|stake)\w*)[^\s‹›;:()]+)"

_VERB_NEXT = r"(?=\s(?:are|were|will|would|have|is|was|had|could|may|might|must)\b)"

_ASIDE = (
    r"(?:(?:\s(?:at|in|across)\s[^()‹›.;,]{2,30})?\s?[(,—–-](?!\s?(?:while|and|but|whereas|as|so)\b)\s?[^()‹›.;]{0,24}‹[PBQW]\d+›(?:\sof\s[^‹›;.,()]{2,40})?(?:\s(?:worldwide|globally|in\s[^()‹›.;,]{2,20}))?[),—–-]?"
    r"|,\s(?:most|many|some|half|all|more than half|mostly|mainly|largely|chiefly|including)\b[^()‹›.;]{2,70},"
    + _VERB_NEXT
    + r"|(?:\s(?:of|at|from|in)\s(?-i:[A-Z])[^‹›;.,]{1,40},\s(?:(?:an?|the|which|whose)\s[^‹›;.,]{3,60}|(?-i:[A-Z])[^‹›;.,]{2,20})|\sin\s‹B\d+›\s\w+)?,"
    + _VERB_NEXT
    + r")?"
)
"""What is told in between: the same cut as a share, where most of it falls, who the firm is: "100 staff (about 3% of the total) will go"."""

LISTED = r"(?:[A-ZÀ-Ž]|[a-z]{1,2}[A-Z]|\d\w*[A-Z])[\w&.'’-]*(?:\s(?:(?:&|and|of|de|du|the)\s)?(?:[A-ZÀ-Ž\d]|[a-z]{1,2}[A-Z])[\w&.'’-]*){0,5}"
"""A name in a list: words with capitals."""
_OR_SO_MANY = r"(?=(?:,\s(?:or\s)?|\s(?:or\s|\())(?:about |some |around |roughly |nearly |almost )?‹P\d+›)"
"""After a share of "them": how many that is."""

SHAPES: tuple[tuple[str, str], ...] = (
    (
        "let-go",
        r"\b(?:let|lets|letting)\s(?:another |a further |its |their |his |last |about )*\s?{F}(?:\s[^\s‹›;.,]+){0,4}?\sgo\b",
    ),
    (
        "made-redundant",
        r"\b(?:make|makes|making|made)\s(?:another |a further )?{F}(?:\s[^\s‹›;.,]+){0,4}?\s(?:redundant|superfluous)\b",
    ),
    (
        "affected-field",
        r"\b(?:employees|workers|positions|jobs|staff|people|headcount)\s(?:affected|impacted|to be laid off|losing jobs):?\s*{F}",
    ),
    (
        "warn-notice",
        r"\b(?-i:WARN)\b[^‹›;.]{0,40}\b(?:cover\w*|for|affect\w*|impact\w*|of|that|involving|says?|shows?|notices?)\b(?:\s[^\s‹›;.]+){0,6}?\s*{PW}",
    ),
    (
        "told-gone",
        r"{PW}"
        + _ASIDE
        + r"(?:\s[^\s‹›;.]+){0,3}?\s(?:were|was|have been|had been|will be|are being)\s(?:\w+\s)?(?:told|notified|informed)\b[^.;]{0,70}\b(?:eliminated|laid off|let go|cut|redundant|lose|last day|at risk|terminated|no longer (?:had|have|needed))\b",
    ),
    (
        "told-gone-active",
        r"\btold\s*{PW}(?:\s[^\s‹›;.]+){0,3}?\s(?:that\s)?[^.;‹›]{0,40}\b(?:last day|laid off|let go|lose their|losing their|redundant|eliminated|would go|jobs (?:were|are|had) (?:over|gone|ending|being cut|going)|no longer (?:had|have|need\w*))\b",
    ),
    (
        "at-risk",
        r"{PW}(?:[,\s]+[^\s‹›;.]+){0,8}?\s(?:put |are |is |be |were |placed )?(?:at risk|under threat|under consultation|on the line|in jeopardy|in peril|threatened(?!\s(?:to|that|strike|action|legal)\b)|in danger(?!\sof\s(?!being cut|losing)))\b",
    ),
    ("risk-colon", rf"\b{CUT_NOUN}:\s?(?:\w+\s){{0,3}}?{{B}}(?=\s(?:at risk|to go|jobs|in\b|at\b|affected|across))"),
    (
        "losses-reach",
        rf"\b{CUT_NOUN}\b(?:\s[^\s‹›;.]+){{0,5}}?\s(?:reach\w*|ris\w+ to|hit\w*|climb\w* to|total\w*|grow\w* to|to)\s*{{B}}",
    ),
    (
        "must-go",
        r"{PW}"
        + _ASIDE
        + r"(?:[,\s]+(?!who|which|that|hir|stay|remain)[^\s‹›;.]+){0,6}?\s(?:(?:will\s(?=disappear|vanish|fall)|to\s(?=disappear|vanish)|(?:must|(?:will |would )?have to|had to|are to|is to|were to|should|would|could|may|might)\s)(?:go|leave|disappear|vanish|fall away)|"
        r"(?:(?:have|has|had)\s(?:already\s|since\s)?)?(?:gone|disappeared|vanished)|had (?:already )?left|(?:are |is )?(?:being )?done away with|fall(?:s|ing)? victim(?: to)?|on the (?:chopping )?block|go(?=\s?(?:$|[.,;]|(?:at|in|as|after|amid)\s)))\b(?!\s(?:to|on|into|back|up|for|from|toward|unfilled|without|out|away|home|through)\b)",
    ),
    (
        "lost",
        r"{P}(?:\s(?:was|were|are|is|being|have been|had been))?\slost\b(?! (?:to(?! (?:AI|artificial intelligence|automation|robots?|machines?|software|chat-?bots?|technology|algorithms?)\b)|sales|revenue|time|their (?:li|home)))",
    ),
    ("ousting", rf"\b{OUSTING_VERB}{_GAP}{{0,3}}?\s*{{PW}}(?!\s(?:their\s)?li(?:fe|ves)\b)"),
    (
        "out-of-work",
        rf"\b(?:put(?:s|ting)?|throw(?:s|ing|n)?|threw|leav(?:e|es|ing)|left|render(?:s|ed|ing)?|mak(?:e|es|ing)|made)\s*{{F}}(?:\s[^\s‹›;.,]+){{0,4}}?\s{JOBLESS}\b",
    ),
    (
        "ouster",
        r"\b(?:oust(?:s|ed|ing)?|discharg(?:e|es|ed|ing)|purg(?:e|es|ed|ing)|no longer (?:needs?|needed))\s*{P}",
    ),
    (
        "notice",
        r"\b(?:giv(?:e|es|en|ing)|gave|hand(?:s|ed|ing)?|serv(?:e|es|ed|ing))\s*{PW}(?:\s[^\s‹›;.,]+){0,3}?\s(?:(?:their|a|the|redundancy|dismissal|termination)\s)*(?:notices?|pink slips?|marching orders|walking papers|sack|boot|push)\b",
    ),
    (
        "must-leave",
        r"{PW}"
        + _ASIDE
        + r"(?:[,\s]+(?!who|which|that|hir|stay|remain)[^\s‹›;.]+){0,6}?\s(?:must|(?:will |would )?have to|had to|has to)\s(?:go|leave)\b(?!\s(?:to|on|into|back|up|for|from|toward|without|out|away|home|through|town|work|early)\b|\s(?:the|their|its|an?)\s(?!company|firm|group|bank|business))",
    ),
    (
        "in-all",
        rf"\b(?:{STRONG_VERB}|{WEAK_VERB}|lay(?:s|ing)?)\s(?:[a-z]+\s){{0,2}}?(?:jobs|staff|workers|employees|people|positions|roles)(?:\soff)?,\s*{{F}}\s(?:in all|in total|of them|altogether)\b",
    ),
    (
        "with-affected",
        r"\bwith\s*{PW}(?:\s[^\s‹›;.,]+){0,2}?\s(?:being\s|set\s)?(?:affected|laid off|let go|dismissed|made redundant|losing their jobs?|lost|cut|axed|eliminated|gone|going|to go)\b",
    ),
    ("packing", r"\b(?:send(?:s|ing)?|sent|show(?:s|ed|n|ing)?)\s*{PW}(?:\s[^\s‹›;.,]+){0,3}?\s(?:packing|the door)\b"),
    (
        "off-payroll",
        r"\b(?:tak(?:e|es|en|ing)|took|remov\w+|drop\w*)\s*{PW}\s(?:off|from)\s(?:its|the|their)\s(?:payroll|books)\b",
    ),
    (
        "workforce-percent",
        rf"\b{WEAK_VERB}\s(?:(?!to\b|by\b)[a-z’'-]+\s){{0,3}}?(?:workforce|work force|headcount|staff|payroll)\s(?:another\s)?{{Q}}(?=\s?(?:$|[.,;]|in\b|as\b|to\b|this\b|last\b|amid\b|after\b|since\b|over\b))",
    ),
    ("fire", r"\bfires?\s*{PW}"),
    (
        "face-bare",
        rf"{{F}}(?:\s(?:at|in|from|of)(?:\s[^\s‹›;.,]+){{1,5}}?)?\s(?:{FACING}|(?:are |were |now )?{JOBLESS}|(?:to |will |would |could |may )?lose (?:their )?jobs?|(?:lost|losing) their jobs)\b",
    ),
    (
        "workforce-falls",
        rf"\b{WORKFORCE}\s(?:of\s[A-Z][^\s‹›;.,]*\s(?:[A-Z][^\s‹›;.,]*\s){{0,2}})?(?:(?:will|would|could|may|to|is to|was|were|has been|have been|had been|is being|is (?:set|due|expected) to)\s(?:be\s)?(?:cut|reduced|trimmed|slashed|lowered|shrink|fall|drop|decline))\s(?:further\s)?by\s*{{F}}",
    ),
    ("leaving", r"{P}(?:\s[^\s‹›;.]+){0,3}?\s(?:are|is|will be)\s(?:leaving|departing|out|gone)\b"),
    (
        "to-go",
        r"{F}(?:\s(?:at|in|of)\s[^\s‹›;.]+){0,2}?\s(?:are |set |due |would |is )?(?:to go|would go|must go|(?:had|have|has|will have) to (?:go|leave))\b(?!\s(?:to|on|into|back|up|for|from|without|out|away|home|through|early|behind)\b)",
    ),
    ("see-go", r"\bsee(?:s|ing)?\s{PW}(?:\s[^\s‹›;.,]+){0,3}?\s(?:go|lost|cut|axed|disappear|leave|lose)\b"),
    ("out", r"(?<=, )\s?{P}\sout\b"),
    ("verb-people", rf"\b{STRONG_VERB}{_GAP}{{0,5}}?\s*{{F}}"),
    ("verb-figure", rf"\b{WEAK_VERB}{_GAP}{{0,6}}?\s*{{PW}}"),
    (
        "verb-bare",
        rf"\b{WEAK_VERB}(?:\s(?:by|back|another))?\s*{{B}}(?=\s*(?:$|[.,;)]|and\s‹B|in\b|at\b|across\b|from\b|globally|worldwide|more\b|of its|this|last|by (?-i:{MONTH})|and (?:will|has|plans|expects)\b))",
    ),
    (
        "workforce-by",
        rf"\b{WEAK_VERB}{_GAP}{{0,7}}?\s(?:{WORKFORCE}|operations|size of \w+ team)(?:\s[^\s‹›]+){{0,4}}?\s(?:by|down)\s*(?:a |an )?{{F}}",
    ),
    (
        "noun-figure",
        rf"\b{CUT_NOUN}(?:\s(?:and|plan|announcement)\s?\w*)?,?:?(?:\s(?!hir|add)[^\s‹›;]+){{0,2}}?\s(?:of|affect\w*|impact\w*|hit\w*|total\w*|among|cover\w*|involv\w*|target\w*|amount\w*(?: to)?|equat\w* to|number\w*|represent\w*|constitut\w*|claim\w*)(?:\s[^\s‹›]+){{0,3}}?\s*{{F}}",
    ),
    ("noun-colon", rf"\b{CUT_NOUN}:\s?(?:\w+\s){{0,3}}?{{P}}"),
    (
        "passive",
        r"{F}"
        + _ASIDE
        + r"(?:(?:\s(?!who|which|to)[^\s‹›;.,]+){0,4}?\sto be|(?:\s(?!who|which|to)[^\s‹›;.,]+){0,9}?\s(?:was|were|are|is) to be|(?:\s(?!who|which|to)[^\s‹›;.,]+){0,11}?\s(?:(?:was|were|are|is|be|been|being|get|got|getting)(?:\s\w+)?)|\s(?:of them\s)?(?:\w+\s)?)\s?(?:laid off|let go|(?:made|declared) redundant|fired|sacked|dismissed|retrenched)\b",
    ),
    (
        "passive-weak",
        r"{PW}"
        + _ASIDE
        + r"(?:\s(?!who|that|which|hir)[^\s‹›;.]+){0,6}?\s(?:(?:was|were|are|is|be|been|being|get|got|have been|set|slated|due|expected|estimated|thought|believed|likely|may|could)\s(?:to be\s|being\s|be\s)?|to be\s)?(?:\w+ly\s)?(?:cut|eliminated|axed|slashed|trimmed|terminated|culled|(?:affected|impacted)(?!\sby\s(?:(?:the|an?|this|that|its|their|recent|new)\s){0,2}(?:strikes?|storms?|fires?|floods?|heat\w*|smoke|breach|leak|outages?|virus|flu|hack\w*|attacks?|ban|law|tariffs?|earthquake|hurricane|dispute|lock-?out|walk-?out)\b)|displaced|disestablished|abolished|shed|scrapped|removed)\b",
    ),
    (
        "lose-jobs",
        r"{PW}"
        + _ASIDE
        + r"(?:[,\s]+[^\s‹›;.]+){0,8}?\s(?:(?:los(?:e|ing)|lost) (?:(?:their|its|his or her) (?:jobs?|roles?|posts?|positions?)|their work|work)|(?:to|will|would|could|may) lose jobs\b|(?:are|is|were|had|have|will have) to (?:leave|depart)\b(?!\s(?:for|behind|early|home|town|work)\b|\s(?:the|their|its|an?)\s(?!company|firm|group|bank|business))|will depart|(?:are |is |be )?"
        + JOBLESS
        + "|"
        + FACING
        + r"|(?:becomes?|became|becoming) (?:redundant|superfluous)|will leave\b(?!\s(?:for|on|behind|early|home)\b)|(?:receiv\w+|got|given|handed) (?:their |a )?(?:layoff|lay-off|dismissal|termination|WARN|redundancy|notices?|pink slips?|marching orders|walking papers)|(?:will|would|could) be affected|losing their (?:jobs?|livelihoods?|positions?))",
    ),
    (
        "percent-noun",
        r"{Q}[- ](?:(?:global|staff|staffing|workforce|headcount|job|personnel|company-wide|companywide|overall|further)\s){0,3}(?:reductions?|cuts?|lay-?offs?|downsizing|decrease|cutbacks?|cull)\b(?! in (?:pay|price|cost|spend|production|sal|interest|emission|rate|tax))",
    ),
    (
        "reduction-of",
        rf"\b(?:reductions?|cuts?|eliminations?|loss|losses|elimination|terminations?|departures?|dismissals?|cutting|axing|culling|shedding|removal),?\s(?:in (?:its |the |their )?(?:\w+\s)?{WORKFORCE} )?(?:of|to|by)(?:\s[^\s‹›]+){{0,4}}?\s*{{PW}}",
    ),
    (
        "reduction-bare",
        rf"\b(?:reductions?|cuts?|lay-?offs|layoff)\s(?:in (?:its |the |their )?(?:\w+\s)?{WORKFORCE} )?of\s*{{B}}",
    ),
    (
        "notify",
        r"\b(?:notif\w+|told|warn(?:s|ed|ing))(?:\s[^\s‹›]+){0,3}?\s*{F}(?=[^;.]{0,90}\b(?:laid off|lay-?off|at risk|terminat|los(?:e|ing) their|redundan|let go|being cut|eliminated|furlough))",
    ),
    (
        "jobs-go",
        r"{P}"
        + _ASIDE
        + r"(?:\s[^\s‹›;.]+){0,6}?\s(?:to go|will go|set to go|under threat|at risk|face axe|(?:to|will|would|could|may|might|must|should) be lost|(?:were|are|was|have been|had been|being) lost)\b",
    ),
    (
        "affect",
        r"\b(?:affect(?:s|ed|ing)?|impact(?:s|ed|ing)?|hit(?:s|ting)?|involv(?:e|es|ed|ing)|result(?:s|ed|ing)? in)(?:\s[^\s‹›;.]+){0,4}?\s*{PW}",
    ),
    (
        "offer-buyout",
        r"\b(?:buy-?outs?|voluntary (?:exit|redundanc|separation|retirement|departure)\w*)(?:\s[^\s‹›;.]+){0,6}?\s*{P}",
    ),
    (
        "closing",
        r"\b(?:clos(?:e|es|ing|ure)|shut(?:s|ting)?(?: down)?|idl(?:e|es|ing))\b[^‹›;.]{0,60}\s(?:with (?:the )?loss of|costing|cost|putting|leaving)\s*{P}",
    ),
    (
        "closing-where",
        r"\b(?:clos(?:e|es|ed|ing)|shut(?:s|ting)?(?: down)?)\s(?:down\s)?(?:its|the|an?|their)\s(?:[^‹›;.,\s]+\s){0,6}?(?:plant|factory|mill|mine|smelter|foundry|warehouse|cent(?:er|re)|site|facility|hospital|depot|hub|works)\b[^‹›;.]{0,40}?(?:,\swhere|,?\s(?:which|that)\semploy(?:s|ed)|,?\semploying)\s*{P}",
    ),
    ("cost-jobs", r"\b(?:costing|cost|costs|claim|claims|claimed|claiming)\s*{P}(?!\s(?:their\s)?li(?:fe|ves)\b)"),
    ("cost-whom", r"\b(?:cost|costs|costing)\s(?:[^\s‹›;:,.()$€£]+\s){1,4}?{PW}"),
    (
        "cut-then",
        rf"{{PW}},\s(?:cut|eliminated|axed|shed|lost|dismissed|laid off|let go)\s(?:in\s(?:early\s|late\s)?(?:{MONTH}|20\d\d)|last\s(?:year|month|week))\b",
    ),
    (
        "jobs-went",
        r"{P}"
        + _ASIDE
        + r"(?:\s(?:at|in)\s[^\s‹›;.,]+){0,2}?\swent\b(?=\s?(?:$|[.,;]|(?:at|in|as|after|amid|last|this)\s))",
    ),
    (
        "staff-by",
        rf"\b{WEAK_VERB}{_GAP}{{0,3}}?\s*‹[PB]\d+›(?:-strong\s{WORKFORCE})?\sby\s*(?:a |an )?{{F}}",
    ),
    (
        "announced-cuts",
        r"\b(?:announc(?:e|es|ed|ing)|plan(?:s|ned)?|plans for|unveil(?:s|ed)|confirm(?:s|ed)|order(?:s|ed)|agreed(?: with [\w -]{3,30})? on|reach(?:es|ed)?)\s*{P}",
    ),
    (
        "verb-share",
        rf"\b(?:cut|cuts|cutting|trimm?(?:s|ed|ing)?|slash(?:es|ed|ing)?|shed(?:s|ding)?|ax(?:es?|ed|ing)|eliminat(?:es?|ed|ing))\s*{{Q}}(?=\s?(?:$|[.;]|,\s(?:saying|citing)\b|(?:,\s?|\()(?:or |about |some |around |roughly |nearly )?‹P\d+›|(?:in|last|this)\s(?:{MONTH}|week|month|year|spring|summer|autumn|fall|winter)\b))",
    ),
    (
        "that-it-cut",
        r"{P}\s(?:(?:that|which)\s)?(?:it|they|(?:the|this)\s[\w-]+|(?-i:[A-Z])[\w&.-]+(?:\s(?-i:[A-Z])[\w&.-]+)?)\s(?:(?:had|has|would|will|already|first|since)\s){0,2}(?:cut|eliminate[ds]?|shed|axed|fired|sacked|dismissed|laid off|let go|made redundant)\b(?!\s(?:costs|prices|spending|pay))",
    ),
    ("cuts-announced", r"{P}\s(?:announced|made|planned|unveiled|disclosed|revealed|reported)\b"),
    (
        "notices",
        r"{B}\s(?:planned\s|formal\s|further\s)?(?:redundancy|lay-?off|dismissal|termination|retrenchment)\s(?:notices|letters|e-?mails)\b",
    ),
    (
        "cost-their-jobs",
        r"\b(?:cost|costs|costing)\s(?:an?\s(?:first|further)\s)?{PW}(?:\s[^\s‹›;.,]+){0,3}?\s(?:their|its)\s(?:jobs?|livelihoods?|posts?)\b",
    ),
    (
        "were-asked-to-go",
        r"{PW}(?:\s[^\s‹›;.,]+){0,4}?\s(?:were|was|are being|have been|had been)\s(?:asked|told)\sto\s(?:go|leave|resign)\b(?!\s(?:home|early|for)\b)",
    ),
    (
        "asked-to-go",
        r"\bask(?:s|ed|ing)?\s*{PW}(?:\s[^\s‹›;.,]+){0,8}?\sto\s(?:go|leave|resign|put in their papers|hand in their notice)\b",
    ),
    (
        "replaced-by-software",
        r"\breplac(?:e|es|ed|ing)(?:\s[^\s‹›;.]+){0,3}?\s*{PW}(?:\s[^\s‹›;.]+){0,6}?\s(?:with|by)\s(?:[\w-]+\s){0,2}(?:AI|software|robots?|bots?|chatbots?|automat\w+|machines?|algorithms?|agents?)\b",
    ),
    (
        "apposed",
        r"\b(?:employees|workers|staff|people|jobs|roles|positions|staffers),\s*{B},\s(?:will|were|was|are|have|had|would|is|to)\s(?:be\s|been\s|being\s)?(?:made redundant|laid off|let go|cut|eliminated|dismissed|sacked|fired)\b",
    ),
    ("door", r"\bshow(?:s|ed|n|ing)?\s{F}\sthe\sdoor\b"),
    ("followed-with", r"\b(?:follow(?:s|ed)?,?|(?:is|was)\snext)\swith\s{F}"),
    ("followed-by-with", r"\bfollowed\sby\s(?-i:[A-Z])[^‹›;.,]{1,40}?\swith\s{F}"),
    (
        "at-name-was",
        r"\bAt\s(?-i:[A-Z])[^‹›;.]{1,70}?,?\s(?:it|the\s(?:figure|number|total))\s(?:is|was|were|are|came\sto)\s{F}",
    ),
    ("listed-at", r"{F}(?:\s(?:worldwide|globally))?\sat\s(?:the\s)?(?-i:[A-Z])"),
    ("layoff-adjective", r"\blaid[- ]off\s*{P}"),
    (
        "jobs-of",
        rf"\b(?:{WEAK_VERB}|{OUSTING_VERB}|end(?:s|ed|ing)?)\s(?:the\s|its\s)?(?:jobs|roles|posts|positions)\sof{_GAP}{{0,2}}?\s*{{PW}}",
    ),
    ("cuts-for", rf"\b{CUT_NOUN}\sfor{_GAP}{{0,2}}?\s*{{PW}}"),
    (
        "slips-to",
        r"\b(?:pink slips|(?:dismissal|redundancy|termination|lay-?off|retrenchment) (?:notices?|letters?|e-?mails?)|(?:notices?|letters) of (?:termination|dismissal|redundancy))\s(?:[a-z]+\s){0,3}?(?:to|reach(?:es|ed)?|hit)\s*{F}",
    ),
    (
        "cuts-at-colon",
        rf"\b(?:{CUT_NOUN}|jobs threat)(?:\s(?:at|in)\s[^‹›.;:]{{2,40}})?:\s?(?:\w+\s){{0,3}}?{{F}}(?=\s(?:affected|impacted|to go|at risk|dismissed|fired|laid off)\b)",
    ),
    (
        "them-by",
        rf"\b{WEAK_VERB}\s(?:it|them|that|this|that number)\sby\s*{{Q}}" + _OR_SO_MANY,
    ),
    ("share-of-them", rf"\b{WEAK_VERB}\s*{{Q}}\sof\s(?:it|them)" + _OR_SO_MANY),
    (
        "on-top-of",
        r"\bon top of\s*{F}\s(?:(?:that|which)\s(?:[^\s‹›;.,]+\s){1,4}?)?(?:already\s|previously\s|earlier\s|(?:it|they)\s(?:had\s|has\s)?)?(?:made|announced|cut|laid off|eliminated|let go|shed|axed|dismissed|planned)\b",
    ),
    (
        "followed",
        r"{F}(?:\sor so)?(?:,\s‹[QW]\d+›,|\s\(‹[QW]\d+›\))?(?:\smore|\sothers)?\s(?:followed|will follow|would follow|are to follow|had (?:already\s)?gone|have (?:already\s)?gone)\b(?=\s(?:in|last|this|a|later|earlier|at|soon|since|by|‹B\d+›\s(?:days|weeks|months))\b|\s?(?:[.,;]|$))",
    ),
    (
        "share-to-go",
        r"{W}\s(?:are |set |due |would |is )?(?:to go|would go|must go|will go)\b(?!\s(?:to|on|into|back|up|for|from|without|out|away|home|through|early|behind)\b)",
    ),
    (
        "listed-names",
        rf"\b(?:{CUT_NOUN}|{STRONG_VERB}|jobs|cuts)\b[^‹›.;:—–]{{0,60}}[:—–]\s(?P<name>(?-i:{LISTED}))\s(?:\(|with\s)?{{F}}(?=\)?(?:,|;|\sand)\s(?:and\s)?(?-i:{LISTED})\s(?:\(|with\s)?‹[PBQW]\d+›)",
    ),
    (
        "heard-gone",
        r"{PW}"
        + _ASIDE
        + r"(?:\s[^\s‹›;.]+){0,5}?\s(?:(?:had|have)\s)?(?:heard|learned|told|informed|notified)\b[^.;‹›]{0,50}\b(?:must (?:go|leave)|(?:have|has|had) to (?:go|leave)|jobs (?:were|are) being cut)\b",
    ),
    (
        "that-is",
        r"(?:^\W*|,\s(?:and\s)?)(?:(?:That|This)(?:\s(?:figure|number|share))?|(?:Going by that|In all|By that),?\s(?:it|that|this))\s(?:is|was|would be|could be|would mean|means|meant|comes to|came to|amounts to|amounted to|equals|equates to|makes|translates to|translates into|works out at|affects|will affect)\s(?:[a-z]+\s){0,2}?{P}(?=\s?(?:[.,;(]|$)|\s(?:worldwide|globally|in all|in total)\b)",
    ),
)

NEEDS_CONTEXT = frozenset(
    {
        "affect",
        "passive-weak",
        "percent-noun",
        "leaving",
        "at-risk",
        "out",
        "to-go",
        "asked-to-go",
        "were-asked-to-go",
        "must-go",
        "lost",
        "ousting",
        "ouster",
        "with-affected",
        "jobs-went",
        "cut-then",
        "cuts-announced",
        "announced-cuts",
        "verb-share",
        "followed-with",
        "followed-by-with",
        "at-name-was",
        "listed-at",
        "on-top-of",
        "followed",
        "that-is",
    }
)
"""Shapes that count only in a sentence, or after one, that talks of cuts."""

OWN_NOUNS = frozenset(
    {
        "layoffs",
        "layoff",
        "lay-offs",
        "lay-off",
        "job cuts",
        "job cut",
        "redundancies",
        "job losses",
        "dismissals",
        "retrenchments",
        "staff cuts",
        "firings",
    }
)
"""Nouns that are themselves the cut: "14,000 layoffs"."""

COMPANION = (
    r"^(?:\s(?:(?:on|this|that|last|in)\s\w+|worldwide|globally|nationwide|around the world|at all levels))?[\s,\"'—(-]*(?:(?:or|and|about|around|roughly|nearly|almost|some|approximately|equivalent to|equal to|equating to|equates to|representing|"
    r"represents|which (?:is|was|were|represents|comes to|amounts to|equates to|equals)|estimated at|amounting to|amounts to|accounting for|a|an|that is|i\.e\.|the equivalent of|making up|"
    r"comprising|translating to|more than|over|at least|at the time|impacting|affecting|cutting|or just over|or just under|in a|out of|totaling|corresponding to|it said|he said|up to|as much as|around|close to|of)[\s,\"]*){0,5}[-—]?\s*$"
)
"""What may stand between a count and the percent that says the same."""

EQUALS = r"[^.;:‹›]{0,110},\s(?:or|equivalent to|equal to|equating to|which (?:is|comes to|amounts to|equates to)|representing)\s(?:(?:about|around|roughly|nearly|some|almost)\s)?"
"""What may stand between the percent of a part of the staff and the count that says the same."""
APART = r"\s(?:of|at|from|in)\s[^.;:,‹›]{2,60},\s"
"""What stands between them where the count is set apart: "25% of the staff at Acme, roughly 1,800 people, will go"."""
FOLLOWED_BY = r",?\s(?:(?:which|that)\s)?(?:(?:was|were|to be)\s)?followed\sby\s"
"""What stands between a cut and the next of the same firm."""
DATED = rf"\s(?:(?:people|jobs|more|others)\s)?(?:in\s(?:early\s|late\s|mid-)?(?:{MONTH}(?:\s20\d\d)?|20\d\d|the\s(?:first|second|third|fourth|spring|summer|autumn|fall|following))|(?:last|this)\s(?:year|month|week|spring|summer|autumn|fall|winter|{MONTH})|a\s(?:year|month|week)\slater|the\s(?:year|month)\s(?:after|before))\b"
"""What dates one of several cuts."""
FEWER_AFTER = r"(?:\bthere\s(?:are|were|will be|would be)|\b(?:with|by|ha(?:s|d|ve)|having|employ\w*|keep\w*|mean(?:s|ing)?|need(?:s|ed|ing)?|require\w*|be|on)|\bleav(?:e|es|ing)\s[^.;]{1,30})\s$"
"""Before what a firm is to get by with: "600 fewer staff"."""
FEWER_THAN = r"\sthan\s(?!(?:a|one|last|at|in|before|it\s(?:has|had|does|did|employ)|now|today|two|three)\b)"
"""After "fewer jobs": what was hoped or foretold, which is no cut."""
NEXT_EMPLOYER = rf"\)?(?:\s(?:in|at|last|this|around|across|by)\s[^,;.‹›]{{1,30}}|\sworldwide|\sglobally)?(?:,\s(?:as|staff|it|according|reports?|sources?)\s[^,;.‹›]{{3,40}})?(?:,|;|,? and|,? while)\s(?:the\s)?(?P<name>{LISTED})\s(?:with\s|\()?(?:(?:another|about|some|nearly|as many as|up to|more than|around|roughly|over|almost|at least)\s)?"
"""What stands between the cut of one and that of the next, its verb left out: "Acme cut 300 jobs, Beta 500"."""
EARLIER_BEFORE = r"\b(?:after|following|on top of|in addition to|besides|adding to)\s(?:(?:the|an?|another)\s)?(?:(?:earlier|previous|first|initial)\s)?"
EARLIER_AFTER = (
    r"\s(?:(?:it|that it|which it|the (?:company|group|firm|bank)|they)\s)?(?:(?:had |has )?(?:cut|laid off|announced|shed|eliminated|axed|dismissed|let go|made|reported|lost)\s)?"
    rf"(?:in\s(?:early\s|late\s)?(?:{MONTH}|20\d\d|the (?:first|second|third|fourth|spring|summer|autumn|fall))|last\s(?:year|month|week|spring|summer|autumn|fall|winter|quarter|{MONTH})|earlier|a (?:year|month) (?:ago|earlier|before)|the year before|this (?:year|spring|summer))\b"
)
"""What stands around the figure of a round before, told by the way: "will cut 800 jobs, after 1,400 in May"."""

NOT_A_CUT_BEFORE = (
    r"(?:\b(?:employ(?:s|ed|ing)?|workforce of|staff of|headcount of|team of|has|have|had|with|down to|from|remaining|left with|"
    r"hir(?:e|es|ed|ing)|add(?:s|ed|ing)?|creat(?:e|es|ed|ing)|recruit(?:s|ed|ing)?|rehir(?:e|es|ed|ing)|offered to|"
    r"fewer than \w+ of|counts?|boasts?|to its|grow(?:s|n|ing)? to|(?:workforce|headcount|staff|employees|workers)(?:\s\w+){0,3}\sto(?: (?:just|about|around|fewer than|under|below|just under|roughly|less than))?|of|among|"
    r"of what (?:was|were) then(?: an?)?|represent(?:s|ing) (?:about|around|roughly|nearly|some)?|out of|its|their|more than \w+ of|to (?:just )?under|to fewer than|served?|support(?:s|ing)?)\s*|"
    r"\b(?:employ(?:s|ed|ing)?|has|have|had)\s(?:about|around|some|roughly|nearly|almost|over|more than)\s+)$"
)
BROUGHT_TO = (
    r"\b(?:brought|brings?|bringing|took|takes?)\s(?:it|this|that|them|the (?:total|number|workforce|headcount|staff))"
    r"\s(?:back |down |up )?to\s+(?:about |around |roughly |nearly |some |just )?$"
)
"""Before a count of those who stay, whatever words of a cut stand there."""
NOT_A_CUT_AFTER = (
    r"^(?:\s(?:were|was|are|will be|being|have been|had been)\s(?:added|hired|created|recruited|rehired|offered|unaffected|retained|saved)|"
    r"\s(?:that|which) (?:are|is|was|were|stood) (?:open|vacant|unfilled|empty)\b|\s(?:remain|employed|on strike|strike|walk|stay|left)\b|\s(?:to be |will be )?(?:added|created)\b)"
)
PERCENT_NOT_OF_STAFF = (
    r"^\s?(?:of|in)?\s?(?:its |the |their )?(?:[\w-]+\s){0,2}?(?:revenue|sales|profit|pay|salar|shares?|stock|price|stake|cost|spending|budget|"
    r"production|emission|tariff|market|interest|rate|tax|customers|users|growth|years?[- ](?:on|over|ago|earlier)|stores|warehouse|capacity|output|net|"
    r"earnings|value|bookings|expenses|dividend|traffic)"
)

AGGREGATE_SUBJECT = (
    r"\b(?:employers|clients|customers|companies|firms|startups|start-ups|businesses|industry|industries|sector|sectors|the economy|economy|"
    r"tech companies|technology companies|tech firms|tech giants|banks|airlines|retailers|automakers|agencies|states|"
    r"districts|schools|americans?|u\.s\. workers|tech workers|the u\.s\.|the country|the nation|manufacturers|"
    r"studios|newsrooms|outlets|lenders|carriers|platforms|publishers|newspapers|insurers|operators|carmakers|drugmakers|the state|wall street|big tech|silicon valley|organi[sz]ations|corporations|"
    r"unicorns|giants|payrolls|the world|worldwide|industry-wide|sector-wide)\b"
)
AGGREGATE_SOURCE = (
    r"\b(?:layoffs\.fyi|challenger,? gray|challenger report|crunchbase (?:tally|news tally|analysis)|trueup|bureau of labor|"
    r"labor department|according to (?:data|a tally|an analysis|a tracker)|jobless claims|unemployment)\b"
)

HYPOTHETICAL = (
    r"\b(?:whenever|could (?:replace|displace|automate|wipe out)|(?:AI|automation|technology|robots|bots|agents|models)\s(?:[\w-]+\s){0,3}could eliminate|(?:jobs|roles|workers) (?:at|could be at) risk (?:of(?! redundancy)|from)|"
    r"(?:may|will|could) be automated|forecasts?|predict(?:s|ed)? that|project(?:s|ed) (?:that|to)\b|estimat(?:es|ed) that|(?:study|survey|report) (?:by|from|found|finds|of|said|says|published)|"
    r"(?:researchers|economists?|academics) (?:at|from|who|say|said|expect|estimate|warn|found|find|reckon)\w*|they expect|GDP|unemployment rate)\b"
)

BUYOUT = r"\b(?:buy-?outs?|voluntary (?:redundanc|separation|retirement|exit|departure|severance|resignation)\w*|early retirement|deferred resignation|resign(?:ed|ation))\b"
ATTRITION = r"\b(?:attrition|natural (?:turnover|wastage)|not (?:be )?replac(?:e|ed|ing) (?:departing|those)|unfilled|vacan(?:t|cies))\b"
_SITE = r"(?:plant|factory|site|studio|warehouse|facility|mill|mine|campus|hub|newsroom|smelter|refinery|depot|shipyard|brewery|foundry|distribution cent(?:er|re)|call[- ]cent(?:er|re)|contact cent(?:er|re)|data cent(?:er|re)|cent(?:er|re)|store|hospital)"
CLOSURE = rf"\b(?:clos(?:e|es|ed|ing|ure of)|shut(?:s|ting|ters|tered|tering)?(?: down)?|wind(?:s|ing)? down|idl(?:e|es|ing))\s(?!\d)(?:[^\s.;,]+\s){{0,5}}?{_SITE}\b|\b(?:both|all)\s(?:\w+\s){{0,4}}(?:plants|factories|sites|stores)\b|\b{_SITE}(?:'s)? (?:closure|closing|shutdown)\b|\b{_SITE} (?:will|is to|to|would) (?:close|shut)\b"
COMPANY_CLOSES = r"\b(?:shut(?:s|ting)? (?:down|its doors|up shop)|clos(?:es|ing|e|ed) (?:down|its doors|for good)|ceas(?:es|ing|e|ed) (?:all )?operations|wind(?:s|ing)? down|shutters|go(?:es|ing)? out of business|permanent closure)\b(?!\s(?:its|the|an?|two|three|some|several|\d))"
CUMULATIVE = r"\b(?:in total since|since (?:20\d\d|\w+ 20\d\d|\w+ took over)|over (?:the past|several|multiple) (?:rounds|years)|bring(?:s|ing)? (?:[\w'&.-]+ ){0,4}total|total planned cuts|so far|cumulative|(?:a|the|its) combined(?! (?:workforce|staff|company|headcount|group))|combined (?:total|cuts|layoffs|job)|between the reductions|all told)\b"
FOR_CAUSE = (
    r"\b(?:fir(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?|sack(?:s|ed|ing)?|terminat(?:e|es|ed|ing)|oust(?:s|ed|ing)?|expel(?:s|led)?|let(?:s|ting)? go)\b(?:(?!\b(?:after|over|as|because|when|since|to|and)\b)[^.;,]|,(?=\d)){0,70}?\b"
    r"(?:for\s(?:allegedly\s|reportedly\s|repeatedly\s)?(?!being|having|failing|underperforming|missing|lacking|restructuring|reorgani[sz]ing|downsizing|streamlining)[a-z]{2,}ing\b(?!\s(?:costs?|reasons?|purposes))|"
    r"(?:for|over|after|amid|following)\s(?:(?!that|which|who|it)[\w'-]+\s){0,4}?(?:protest(?:s|ing)?|sit-ins?|misconduct|violat(?:ions?|ing)|breach(?:es|ing)?|fraud|fak(?:e|ing)|theft|stealing|leak(?:s|ing)|harassment|abuses?|investigations?|inquir(?:y|ies)|wrongdoing|insubordination|cheating|misuse)\b)"
)
"""Who is dismissed for what they did: no cut of jobs."""
FURLOUGH = r"\b(?:furlough|unpaid leave|administrative leave|stood down|stand down)\w*"

LIST_TITLE = (
    CUT_NOUN
    + r"|\b(?:round-?up|tracker|timeline|overview)\b[^.;]{0,40}\bcuts\b|\bWARN (?:notices?|reports?|tracker|filings?)\b|\b(?:who|whom|which|companies|firms|start-?ups)\b[^.;]{0,50}\b(?:(?:have |has )?(?:laid off|lay off|laying off|cut (?:[\w,]+ ){0,3}jobs|cutting jobs|cut staff|fired|firing))\b"
)
"""What a title speaks of that opens a list of cuts."""
OTHER_LIST = r"\b(?:hir\w+|recruit\w*|open(?:ings?|ed|s)?|add(?:s|ed|ing)?|creat\w+|rais\w+|fund\w*|invest\w*|grow\w*|jobs board|deals?|launch\w*)\b"
"""What the line speaks of that opens a list of something else."""
LIST_INTRO = CONTEXT + r"|trimmed|slashed|job cuts|cut the most|cuts"
"""What the line that opens a list speaks of."""
LIST_LINE = (
    rf"^(?:\W*(?:{MONTH} \d{{1,2}}(?:,? 20\d\d)?\W{{1,4}})?(?P<name>(?:[A-ZÀ-Ž]|[a-z]{{1,2}}[A-Z]|\d\w*[A-Z])[\w&.'’* -]{{1,40}}?)(?:,\s[A-Z][\w. -]{{2,24}}|\s?\|\s?[A-Z][\w. -]{{2,24}})?\*{{0,2}}\s?(?::|-|–|—|\(|\|)\*{{0,2}}\s*|"
    rf"\W*(?P<enumerated>{LISTED}),\s)"
    rf"(?:(?:in|on) (?:early |late |mid-)?{MONTH}(?: \d{{1,2}}| 20\d\d)?,?\s|in 20\d\d,?\s)?"
    r"(?:(?:plans |aims |wants |is |was |has )?(?:to )?(?:cut(?:s|ting)?|drop(?:s|ped|ping)?|lay(?:s|ing)? off|laid off|let(?:s|ting)? go(?: of)?|dismiss(?:ed|es|ing)?|shed(?:s|ding)?|axe[sd]?)\s|between\s)?$"
)
"""What stands before the figure of a list's line."""
LIST_STAND_IN = (
    rf"(?:{MONTH}|Spring|Summer|Autumn|Fall|Winter|Q[1-4]|(?:Early|Late|Mid-?)\s?{MONTH})(?:\s\d{{1,2}})?(?:,?\s20\d\d)?|"
    r"(?:(?:Employees|Workers|Jobs|Positions|Total|Number|People)\s)?(?:[Aa]ffected|[Ii]mpacted)|Layoffs|Job [Cc]uts"
)
"""What stands in a list's line for the name, where a line before names the company: the cut's date, a field."""
HEADED_LINE = rf"^\W*(?P<name>{LISTED})\*{{0,2}}\s?(?::\*{{0,2}}|\s[–—-])\s(?=[a-z\d]|(?:The|It|In|On|A|An|About|Around|Nearly|Almost|More|Over|Up|Some|As|Its|Plans|Will|Cut|Cuts|Cutting|Laid|Lays|Laying|Announced|Another|Has|Is)\s)"
"""A list's line that tells of the company at its head."""
LIST_FIELD = r"(?:Total\s|Number of\s|Current\s|Global\s)?(?:Employees|Workers|Staff|Headcount|Workforce|Jobs|Positions|People|Total|Severance|Shares?|Stock|Revenue|Sales|Hir(?:es|ing)|New (?:jobs|hires)|Openings|Notice|Scores?|Points|Votes|Upvotes|Likes|Views|Downloads|Stars|Forks|Comments?|Replies|Followers|Subscribers|Members|Pages?|Words|Minutes)"
"""A field that tells of something else."""

EMPLOYER_FIELD = r"^\W*(?:Company|Employer|Business|Firm)(?:\s[Nn]ame)?\s?:\s*(?P<name>[^:]{2,60}?)[\s.]*$"
"""A field of a notice that names the employer."""

ROLES: tuple[tuple[str, str], ...] = (
    (
        "customer_support",
        r"customer (?:support|service|care|success|experience)|support (?:staff|agents?|roles?|teams?|workers)|call[- ]cent(?:er|re)|contact cent(?:er|re)|help ?desk|(?<!AI )(?<!estate )(?<!insurance )(?<!federal )(?<!FBI )(?<!travel )agents",
    ),
    (
        "content",
        r"content (?:moderat\w+|creat\w+|teams?|writers?)|journalists?|reporters?|editors?|editorial|writers?|newsroom|copywriters?|moderators?|artists?|designers?|translators?|creative (?:staff|teams?)",
    ),
    (
        "analysis",
        r"analysts?|data (?:scien\w+|annotat\w+|analy\w+)|researchers?|research (?:staff|teams?|division)|quants?",
    ),
    (
        "operations",
        r"warehouse|factory|plant workers|manufacturing (?:jobs|workers|staff)|production (?:jobs|workers|staff)|drivers?|pilots?|cabin crew|flight attendants?|logistics|fulfil?ment|assembly|operations (?:staff|teams?|roles|jobs)|hourly|technicians?|field (?:staff|workers)|store (?:staff|workers|jobs)|retail (?:staff|workers|teams?)|branch",
    ),
    (
        "back_office",
        r"back[- ]office|administrative|clerical|corporate (?:jobs?|employees?|roles?|staff|workers?|functions)|finance (?:teams?|staff|roles)|accounting|legal (?:teams?|staff)|white[- ]collar|support functions|IT (?:staff|jobs|roles|workers|teams?)",
    ),
    (
        "engineering",
        r"engineer\w*|developers?|programmers?|software (?:staff|teams?|jobs|roles)|coders?|technical (?:staff|roles)|R&D|product (?:teams?|staff|roles|managers?)|QA (?:staff|department|teams?|testers)|tech (?:jobs|roles|staff|workers|teams?)",
    ),
    (
        "sales",
        r"sales (?:staff|teams?|jobs|roles|force|people|departments?|division|organi[sz]ation|and)|salespeople|marketing|account (?:executives|managers)|advertising (?:staff|teams?)",
    ),
    ("hr", r"human resources|\bHR\b|recruit(?:ers?|ing|ment)|talent acquisition|people (?:teams?|operations)"),
    (
        "management",
        r"managers?|middle management|management (?:roles|positions|jobs|layers)|executives?|directors|vice presidents|leadership roles",
    ),
)
"""Kinds of work, and the words that name them beside a cut."""

AI_TERM = (
    r"(?:(?<![\w.])A\.?I\.?(?![\w.])|(?<![\w.])A\.I\.|artificial intelligence|\bautomat(?:e|es|ed|ing|ion)\b|machine learning|\bLLMs?\b|"
    r"language models?|\bgen(?:erative)?[- ]?AI\b|\bgenerative tools?\b|chat-?bots?|\b(?:voice|virtual|digital) (?:assistants?|agents?|workers?)\b|"
    r"\b(?:own|software|autonomous|coding) agents\b|\bmachine vision\b|\bvoice-?bots?\b|\bbots\b|\bagentic\b|ChatGPT|\bCopilot\b|\brobots?\b|\balgorithms?\b)"
)
"""AI and automation, as the reason of a cut names them."""
AI_NO_TERM_AFTER = (
    r"[- ](?:(?:\w+ )?start-?ups?|compan(?:y|ies)|firms?|labs?|chip-?makers?|chips? |unicorns?|giants?|darling|pioneer|specialist|researchers? (?:at|from)|"
    r"rivals?|model maker|makers?|company|assistant maker|search engine|summary|-assisted summary|generated)\b"
)
"""What follows a word for AI that only describes a company."""
_FEW = r"(?:[^\s.;]+\s){0,7}?"
AI_DENIED = (
    r"(?:(?:\bnot|n't|\bnever|\bnor|\bneither\b[^.;]{0,60}?\b(?:was|were|is|are))\s(?:[\w-]+\s){0,3}?(?:about|because of|because|due to|driven|caused|related|the result|a result|based|tied|linked|connected|attributable|motivated|prompted|a consequence|to blame|down to)\b(?:(?!\bbut\b)[^.;]){0,70}?{AI}"
    r"|(?:\bnot|n't|\bnever)\s(?:\w+\s)?(?:by\s|an?\s)?{AI}(?!\sonly)"
    r"|\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|disput(?:es|ed|ing)|dismiss(?:es|ed|ing)|rebuff(?:s|ed)|push(?:es|ed)? back on|refut(?:es|ed)|play(?:s|ed) down)\b[^.;]{0,90}{AI}"
    r"|{AI}[^.;]{0,40}\b(?:(?:is|was|were|are|did|had|has|does|do)(?:n't| not)|(?:played|plays|had|has) no|was never|not the (?:reason|cause|driver))\b(?! (?:only|just|yet))(?=[^.;]{0,40}\b(?:reason|cause|factor|behind|role|driv\w+|blame|part|why|responsible|involved|do with|replac\w+|related)\b)"
    r"|\b(?:nothing to do with|unrelated to|no (?:connection|link) (?:to|with)|independent of|rather than|instead of|regardless of|not\s{AI}[- ](?:driven|related|led))\s[^.;]{0,30}{AI}"
    r"|\bnot\s{AI}\b)"
)
"""Words that say AI is not the reason."""
AI_SELECTED = (
    r"(?:{AI}|software|automated system|computer program)\b[^.;]{0,60}\b(?:choos|chose|select|decid|pick|rank|determin|flag|scor)\w*[^.;]{0,50}\b(?:who|whom|which|employees|workers|staff|people|names|list|cut|laid)\b|"
    r"\b(?:chosen|selected|picked|ranked|flagged|scored|decided)\s(?:\w+\s){0,3}?by\s(?:an?\s|the\s)?(?:[\w-]+\s){0,3}?(?:{AI}|software|system)"
)
AI_CONTEXT = r"{AI}(?:'s)?[- ](?:\w+ )?(?:boom|era|age|craze|hype|frenzy|fears?|anxiety|mania|bubble|rally|revolution|gold rush|wave|world)\b"
"""AI as the spirit of the age, which is no reason."""
AI_TIES: tuple[tuple[str, str, str], ...] = (
    (
        "cause",
        "replaces",
        rf"\b(?:replac\w+|displac\w+|supplant\w+|swap\w+|substitut\w+|taken over|take over|took over|done|handled|performed|made (?:redundant|obsolete|unnecessary)|lost to|hand(?:ed|ing|s)? (?:over )?(?:[\w-]+\s){{1,4}}to|work to)\s{_FEW}{{AI}}",
    ),
    (
        "cause",
        "does",
        r"{AI}\s(?:[^\s.;,]+\s){0,6}?(?:replac\w+|displac\w+|field(?:s|ed)?|clos(?:e|es|ed)|answer(?:s|ed)?|settl(?:e|es|ed)|resolv(?:e|es|ed)|tak(?:e|es|ing|en)\s(?:over|on|their|the|more|some|away|jobs)|took over|eliminat\w+|reduc\w+|do(?:es|ing)?\s(?:the|their|more|much|what|most|some)|handl\w+|perform\w+|automat\w+|transform\w+|"
        r"reshap\w+|chang\w+|disrupt\w+|mak(?:e|es|ing)|made|let(?:s|ting)?\s(?:an?|the|us|it|them|smaller|fewer)\b|allow\w*|enabl\w*|means\b|upend\w*|improv\w*|boost\w*|streamlin\w*|speed\w*|wip\w+|kill\w*|cost\w*|com(?:es|ing) for)",
    ),
    (
        "cause",
        "reason",
        rf"\b(?:because of|because|due (?:in part )?to|owing to|thanks (?:in part )?to|results? of|(?:driven|caused|spurred|prompted|fuel?led|triggered|enabled|powered|brought on|justified|hit) by|blam\w+|cit(?:es|ed|ing)|attribut\w+|credit\w+|point(?:s|ed|ing) to|on account of|in response to|in the face of|relat\w+ to|linked to|tied to|tying|stemm\w+ from|reasons?|behind|(?:needs?|needed|fit|approach|ready|rebuild\w*|right-?siz\w+)\s(?:[^\s.;]+\s){{0,4}}(?:in|for) (?:the|an) (?:age|era|world) of)\s{_FEW}{{AI}}",
    ),
    (
        "cause",
        "efficiency",
        r"\b(?:efficien\w+|productivity|streamlin\w+|do more with less|fewer (?:people|workers|employees|staff|hands)|less (?:heads|people|staff)|smaller (?:team|workforce|headcount))\b[^.;]{0,60}{AI}|{AI}[^.;]{0,60}\b(?:efficien\w+|productivity|streamlin\w+|do more with less|fewer (?:people|workers|employees|staff|hands)|less (?:heads|people|staff)|smaller (?:team|workforce|headcount))",
    ),
    (
        "cause",
        "compound",
        r"{AI}[- ](?:related|induced|linked|connected|fuel?led|caused) ?|{AI}[- ](?:driven|led|powered)\s(?:\w+\s)?(?:lay-?offs|job cuts|cuts|redundanc\w+|restructuring|workforce|reorgani[sz]ation|reductions?|overhaul|job losses)|{AI}\s(?:lay-?offs|job cuts|redundancies|job losses)|{AI}\s(?:is|was|were)\s(?:partly |largely |mainly )?(?:behind|to blame|the reason|responsible)",
    ),
    (
        "cause",
        "automates",
        r"\bautomat(?:e|es|ed|ing)\b(?=[^.;]{0,60}\b(?:work|tasks?|roles?|jobs|process\w*|functions?|operations?|support|routine|parts?|manual|duties|much|more|back)\b)|\b(?:more|greater|increased|wider|increasing|further|new|growing)\s(?:\w+\s)?(?:use of )?automation\b",
    ),
    (
        "shift",
        "shift",
        rf"\b(?:shift\w*|pivot\w*|redirect\w*|realloc\w*|reinvest\w*|redeploy\w*|invest\w*|refocus\w*|focus\w*|prioriti\w*|ramp\w*|doubl\w+ down|pour\w*|spend\w*|fund\w*|bets?|betting|funnel\w*|divert\w*|mov(?:e|es|ing)|pay(?:s|ing)? for|offset\w*|accelerat\w*|push\w*|"
        rf"reorgani[sz]\w*|restructur\w*|reorient\w*|re-?align\w*|free\w* up|plow\w*|channel\w*|expan\w+|build\w*|resources?|money|capital|savings|hir(?:e|es|ing)|race\w*|transition\w*|go(?:es|ing)? all[- ]in|commit\w*|turn\w* (?:its |their )?(?:focus|attention)|emphas\w+|put\w*|toward|towards)\s{_FEW}{{AI}}",
    ),
    (
        "shift",
        "push",
        r"{AI}[- ](?:\w+ )?(?:push|pivot|shift|strategy|investments?|spending|bets?|ambitions?|overhaul|efforts?|drive|initiatives?|projects?|infrastructure|build-?out|costs?|capex|race|transformation|transition|plans|priorities|focus|talent|hiring|products?|development)\b|{AI}[- ](?:first|centric|native|focused)\b",
    ),
    (
        "cause",
        "adopts",
        rf"\b(?:adopt\w*|deploy\w*|embrac\w*|integrat\w*|implement\w*|us(?:e|es|ing)|leverag\w*|rel(?:y|ies|ying|iance)|lean(?:s|ed|ing)?|roll(?:s|ed|ing)? out|introduc\w*|turn(?:s|ed|ing)? to|with|through|via|by|harness\w*|appl(?:y|ies|ying)|as|amid)\s{_FEW}{{AI}}",
    ),
)
"""How words tie a cut to AI: (relation, rule, pattern), the surest first; `{AI}` stands for `AI_TERM`."""
