"""Money for AI, as data: the shapes an amount takes as round, outlay, stake, purchase or contract, and what is none.

A shape is a regular expression over a sentence whose amounts are masked as ‹M0›; `{M}` captures the amount's number.
`side` tells where the payer or raiser stands: the subject before the words, or the party after them.
"""

from __future__ import annotations

AI = (
    r"(?:\bA\.?I\.?\b|\bAIs\b|\bAI\d\d\b|\bA\.I|artificial[- ]intelligence|machine[- ]learning|\bgenAI\b|\bGenAI\b|generative|large language model|"
    r"\bLLMs?\b|deep learning|neural network|chatbot|\bGPT|ChatGPT|OpenAI|Anthropic|\bxAI\b|Mistral|DeepSeek|\bGPUs?\b|foundation models?|"
    r"agentic|\bAI[- ]|[- ]AI\b|\b[A-Z]\w+AI\b|copilot|computer vision|autonomous agents|hyperscale|world models?|robotaxis?|\bAGI\b|superintelligence)"
)
"""What makes it AI: the document must say so."""

_W = r"(?:\s+[^\s‹›;]+)"

RAISE = (
    r"(?:rais(?:e|es|ed|ing)|land(?:s|ed|ing)|nab(?:s|bed)|bag(?:s|ged)|snag(?:s|ged)|scor(?:es|ed)|grab(?:s|bed)|haul(?:s|ed) in|"
    r"rak(?:es|ed) in|cement(?:s|ed)|reel(?:s|ed) in|clinch(?:es|ed)|secur(?:e|es|ed|ing)|clos(?:es|ed|ing)(?: on)?(?!\s(?:at|near|up|down|above|below|out|its doors))|pull(?:s|ed) in|"
    r"br(?:ings?|ought|inging) in|t(?:akes|ook|aking) in|pick(?:s|ed) up|attract(?:s|ed)|garner(?:s|ed)|gather(?:s|ed)|obtain(?:s|ed)|pocket(?:s|ed)|lock(?:s|ed) (?:in|up)|amass(?:es|ed)?)"
)
SOFT_RAISE = (
    r"(?:receiv(?:e|es|ed|ing)|get(?:s|ting)?|got|gain(?:s|ed)|net(?:s|ted)|collect(?:s|ed)|tak(?:es|ing) in|bring(?:s)? in|brought in|took in|w[io]ns?|"
    r"complet(?:es|ed|ing)|finali[sz](?:es|ed|ing)|announc(?:e|es|ed|ing)|unveil(?:s|ed)|has|have|had|"
    r"seek(?:s|ing)|sought|bank(?:s|ed)|launch(?:es|ed)|emerg(?:es|ed|ing)|debut(?:s|ed)|exit(?:s|ed)|lead(?:s)?|led|co-led|target(?:s|ing))"
)
ROUND = (
    r"(?:(?:funding|financing|investment|capital|equity|venture|seed|pre-seed|growth|series [a-k]\d?|first|second|third|new|fresh|"
    r"latest|initial|strategic|mega|oversubscribed|extension|angel|bridge|safe|private|additional|total|early-stage|late-stage)[- ,/]*){0,5}"
    r"(?:round|funding|financing|series [a-k]\d?\b|raise|fundraise|fundraising|seed|venture capital|capital raise|new capital|fresh capital|equity|backing|extension|in capital(?! (?:expend|spend|expens|invest|outlay)))"
)

FUNDING_SHAPES: tuple[tuple[str, str], ...] = (
    (
        "raise",
        rf"(?<!the )(?<!this )(?<!\ba )\b{RAISE}(?:\s(?!price|its price|wage|rate|guidance|forecast|target|estimate|stake|question)[^\s‹›;:]+){{0,6}}?\s*{{M}}",
    ),
    (
        "soft-raise",
        rf"\b{SOFT_RAISE}(?:\s[^\s‹›;:]+){{0,5}}?\s*{{M}}(?:\s(?:of|in|worth of|as part of))?(?:\s(?:a|its|the|new|fresh|an))*[- ]?(?:{ROUND})",
    ),
    (
        "amount-round",
        rf"{{M}}(?:\s?(?:of|in|worth of|from|as|for)(?: a| its| the| new)*)?[- ](?:[A-Za-z'-]+\s){{0,2}}?{ROUND}\b",
    ),
    (
        "round-of",
        rf"\b{ROUND}\s(?:is |was )?(?:round )?(?:of|worth|totall?ing|at|that raised|for|to|significant—)\s*{{M}}",
    ),
    ("round-amount-led", r"{M}(?:\s[^\s‹›;.]+){0,10}?\s(?:led|co-led|backed) by"),
    ("led-round-named", rf"{{M}}\s[^‹›;.,]{{2,40}}?-(?:led|backed)\s(?:{ROUND})"),
    (
        "listed-round",
        r"\(\s?(?:[\w ]{1,20}[,;]\s)?{M}[,;]\s(?:pre-)?(?:seed|series [a-k]|growth|venture|extension|strategic)",
    ),
    ("stealth", rf"\bstealth\b{_W}{{0,4}}?\s*{{M}}"),
    (
        "led-its-round",
        rf"\b(?:led|lead|leads|co-led|leading)\s(?:its|the|a|their)?\s*{{M}}[- ]?(?:{ROUND}|investment|bet|deal)",
    ),
    (
        "got-from",
        r"\b(?:gets?|got|receiv(?:es|ed)|collect(?:s|ed)|banks?|banked|takes|took|wins|won|gains|gained|has|attracts)\s(?:\w+\s)?{M}(?:\s\w+){0,2}?\s(?:from (?:investors|backers|[A-Z])|to (?:build|develop|bring|scale|expand)|for (?:its |an )?AI)",
    ),
    (
        "adds-to-round",
        rf"\b(?:add(?:s|ed|ing)?|extend(?:s|ed|ing)?|top(?:s|ped)? up|expand(?:s|ed|ing)?)\b[^‹›;.]{{0,40}}{{M}}(?:\s(?:to|in|of)\s(?:its|the)?\s?{ROUND})?",
    ),
    (
        "round-brings",
        rf"\b{ROUND}\b[^‹›;.]{{0,30}}\b(?:bring(?:s|ing)? in|brought in|is worth|was worth|rais\w+|collect\w*|netted|came to|comes to)\s(?:\w+\s)?{{M}}",
    ),
    ("collected", r"\b(?:collected|hauled in|took in|drummed up)\s(?:just |only |some )?{M}"),
    (
        "seeks-more",
        r"\b(?:seek(?:s|ing)|looking (?:for|to raise)|target(?:s|ing))\s(?:to raise\s)?{M}(?=\s?(?:$|[.,;]|more|in|at|from))",
    ),
    ("first-of-round", r"\braised\s(?:the|its)\s(?:first|initial)\s*{M}"),
    ("fresh", r"{M}\sin\s(?:fresh|new|additional|venture)\s(?:capital|cash|funding|money|financing)"),
    (
        "round-later",
        rf"\b(?:{ROUND})\b[^‹›.;]{{0,60}}\b(?:rais(?:e|es|ed|ing)|brought in|bring(?:ing)? in|net|secur\w+|total\w*)\s*{{M}}",
    ),
    (
        "amount-in-round",
        rf"{{M}}[^‹›.;]{{0,60}}?\s(?:in|through|via) (?:an?|its|the|this)\s(?:[\w-]+\s){{0,4}}?(?:{ROUND})\b",
    ),
    (
        "given",
        r"\binvestors?\b[^‹›.;]{0,60}?\b(?:gave|given|handed|hand|give)\s(?:it|them|the (?:company|start-?up|firm)|[^‹›;.,]{2,40}?)\s*{M}",
    ),
    (
        "collect",
        r"\b(?:collected|pulled in|took in|taken|attracted|gathered)\s(?:just\s|only\s|in\s)?\s*{M}(?=[.;,]|\s(?:in|from|since|over|so far|before|last|this)\b)",
    ),
    (
        "receive",
        r"\b(?:to |will |has |have )?(?:receiv(?:e|es|ed)|g[eo]t|gets)\s*{M}(?=\s(?:in |of )?(?:[\w-]+\s){0,3}?from\b)",
    ),
    (
        "launches-with",
        r"\b(?:launch(?:es|ed)?|debut(?:s|ed)?|start(?:s|ed)|return(?:s|ed)|emerg(?:es|ed)|arriv(?:es|ed)|open(?:s|ed)|com(?:es|ing)\sout(?:\sof\sstealth)?)\swith\s(?:\w+\s){0,1}{M}",
    ),
    (
        "draws",
        r"\b(?:draws?|drew|banks?|banked|collects?|books?)\s(?:\w+\s)?{M}(?=\s?(?:$|[.,;:]|(?:to|as|from|in|for|at|and)\b))",
    ),
    ("fresh-amount", r"\b(?:fresh|another|new)\s{M}(?=\s?(?:$|[.,;:]|(?:for|from|in|to)\b))"),
    ("amount-for-title", r"^{M}\s(?:more\s)?for\s"),
    ("with-amount-wants", r"^With\s(?:\w+\s){0,2}{M}(?:\s[^\s‹›;,]+){0,4},"),
    ("worth-in-round", rf"\bvalued\sat\s‹M\d+›\sin\s(?:an?\s|its\s|the\s)?{{M}}[- ]{ROUND}"),
    (
        "investors-put",
        r"\b(?:investors?|backers?|VCs|venture (?:capital )?firms|shareholders)\b[^‹›.;]{0,60}?\b(?:put|pour|pump|plough|plow|sink|sank|inject|invest)\w*\s(?:another |a further |some |up to |about |more than |nearly |almost )?{M}\s(?:more\s)?(?:in|into)\b",
    ),
    ("initial-round", r"\b(?:initial|earlier|previous|prior|first|seed|last)\s(?:round|raise|tranche|seed)\sof\s*{M}"),
)

DIFFERENCE = r"(?:more|less|higher|lower|above|below) than (?!doubl|tripl|quadrupl|half)"
"""After an amount that only tells how far another is above or below a third: "$2 billion more than planned"."""
VALUATION_AFTER = (
    r"^[\s,-]*(?:(?:pre|post)[- ]?money|valuations?|market (?:cap|value)|enterprise value|price tag|company|startup|unicorn|"
    r"valued|(?:total )?valuation|(?:in )?(?:\w+ ){0,3}?(?:value|worth|revenue|sales|ARR|profit|loss|losses|earnings|income|annuali[sz]ed|run[- ]rate|bookings|orders|"
    r"backlog|assets|savings|market|cash|debt|fine|settlement|lawsuit|damages|charge|charges|severance|budget deficit|deal value)\b|"
    rf"{DIFFERENCE}|"
    r"(?:per|a|an) (?:year|month|share|seat|user|hour)\b|per[- ])"
)
VALUATION_BEFORE = (
    r"(?:valu(?:ed|es|ing|ation|ations)(?: (?:of|at|to|it|the company|above|over|nearing|around|near|for|them|the startup|the firm|itself))*(?: (?:at|of|to|above|over|nearly|around|about|roughly|is now|is|was|between|north of|nearing|as high as|as much as|up to|from|that|,))*|"
    r"(?:worth|market cap(?:itali[sz]ation)? of|at an?|at a valuation of|revenue (?:of|hit|reach\w*|to)|sales (?:of|to)|charge of|charges of|profit of|loss of|lost|"
    r"save|saving|savings of|fine of|fined|pay(?:s|ing)?|price of|priced at|for as little as|costs?|costing|starting at|hold(?:s|ing)? (?:about|around)?|owes?|run rate of|"
    r"assets of|backlog of|debt of|down from|compared (?:with|to)|versus|vs\.?|cash reserves|to generate up to|generate|generating|"
    r"revenue (?:is|was|of|from)|sold for|sell(?:s|ing)? for|settlement of|a|an(?= )|above|below)\s?)$"
)
"""Words before an amount that make it a value, a price or an income, not an outlay."""

DEBT = (
    r"\b(?:loans?|debt|bonds?|notes offering|convertible|credit (?:facility|line)|term loan|IPO|I\.P\.O\.|initial public offering|go(?:es|ing)? public|"
    r"went public|share (?:sale|offering)|stock (?:sale|offering)|flotation|secondary|borrow\w*|listing|private credit|public offering|"
    r"reverse merger|SPAC|de-SPAC|redemptions?|lease financing|asset-backed|bank facility|raise prices)\b"
)
CUMULATIVE = (
    r"\b(?:to date|so far|in total|total(?:ing|ling)? (?:of )?(?:more than |over |nearly )?$|total (?:funding|raised|amount|capital|financing|investment)|total raised|"
    r"altogether|overall|since (?:its|inception|launch|founding)|bring(?:s|ing)? (?:its|the|their|\w+'s)|brings? .{0,30}total|has now raised|have now raised|"
    r"now raised|lifetime|cumulative|all told|over the years|raised a total)\b"
)

VC = r"(?:\b(?:Ventures?|Capital|Partners|Fund|Equity|Investments?|Holdings VC|VC|a16z|Andreessen Horowitz|Sequoia|Accel|Index|Benchmark|Greylock|Lightspeed|Khosla|Thrive|Founders Fund|General Catalyst|Bessemer|Y Combinator|Insight|Tiger Global|Coatue)\b)"
FUND_NOUN = r"^[\s-]*(?:(?:[A-Za-z-]+\s){0,4}?)(?:venture |investment |growth |sovereign |innovation |new |debut |seed |second |third |late-stage |AI |flagship )*(?<!\bto )(?<!will )(?<!help )(?<!would )(?<!and )\b(?:fund|vehicle)\b(?!ing)"

INVEST = (
    r"(?:invest(?:s|ed|ing)?|spend(?:s|ing)?|spent|commit(?:s|ted|ting)?|pour(?:s|ed|ing)?|allocat(?:e|es|ed|ing)|earmark(?:s|ed|ing)?|plow(?:s|ed|ing)?|"
    r"plough(?:s|ed|ing)?|bet(?:s|ting)?|chip(?:s|ped)? in|stump(?:s|ed)? up|pump(?:s|ed|ing)?|put(?:s|ting)?|deploy(?:s|ed|ing)?|splash(?:es|ed|ing)?|budget(?:s|ed|ing)?|channel(?:s|ed|ing)?|inject(?:s|ed|ing)?|"
    r"pledg(?:e|es|ed|ing)|plunk(?:s|ed)?|devot(?:e|es|ed|ing)|dedicat(?:e|es|ed|ing)|kick(?:s|ed|ing)? in|lavish\w*|shell(?:s|ed)? out|set(?:s|ting)? aside|bankroll(?:s|ed)?|financ(?:e|es|ed|ing)|"
    r"sink(?:s|ing)?|sank|funnel(?:s|ed|ing|led|ling)?|fork(?:s|ed)? (?:out|over)|lay(?:s|ing)? out|back(?:s|ed|ing)? [\w&' -]{1,50} with|provid(?:e|es|ed|ing))"
)
OUTLAY_SHAPES: tuple[tuple[str, str], ...] = (
    ("invest", rf"\b{INVEST}(?:\s[^\s‹›;:]+){{0,5}}?\s*{{M}}"),
    (
        "investment-of",
        r"\b(?:investments?|spending|outlays?|commitment|pledge|budget|bet|expenditures?|capex)\s(?:plan |plans |program |programme |commitment )?(?:\w+ ){0,3}?(?:of|worth|totall?ing|amounting to|to|at|reach\w*|from|between|in the range of|was|is|were|in a range of|would be|will be|up)\s(?:\w+\s){0,4}?\s*{M}",
    ),
    (
        "amount-investment",
        r"{M}(?:\s(?!of debt|in debt|valuation|stake)[\w'&.-]+){0,4}?\s(?:investments?|bet|commitment|outlay|pledge|plan|project|expansion|(?:data )?cent(?:er|re)s?|hub|complex|initiative|program(?:me)?|venture|splurge|outlay|budget|campus|capex|spending|push|build-?out|injection|capital (?:expenditures?|expenses|spending)|supercomputer|infusion|facility|plant|infrastructure|capital)\b",
    ),
    (
        "capex",
        r"\b(?:capital (?:expenditures?|spending|expenses?|investments?|outlays?)|capex|cap-ex)\b[^‹›;.]{0,110}?\s*{M}",
    ),
    (
        "amount-on-ai",
        r"{M}(?:\s[^\s‹›;.]+){0,6}?\s(?:on|in|into|for|to|towards?)\s(?:[^\s‹›;.]+\s){0,6}?(?:A\.?I\.?\b|artificial|data cent|chips?\b|GPU|compute|cloud|machine learning|generative)",
    ),
    (
        "double-to",
        rf"\b{INVEST}\b[^;.]*›[^‹›;.]{{0,40}}?\b(?:doubl|tripl|rais|increas|lift|boost)\w*\s(?:that|it|this)\sto\s*{{M}}",
    ),
    (
        "will-cost",
        r"\b(?:data cent(?:er|re)s?|campus|supercomputer|cluster|site|facility|plant|project)\b[^‹›;.]{0,60}?\b(?:will|would|to|could|is expected to) cost\s*{M}",
    ),
    ("fund", r"{M}(?:\s(?!will|to|would)[\w-]+){0,3}?\s(?:fund|vehicle)\b(?!ing|-)"),
    (
        "raises-capex",
        r"\b(?:rais|boost|lift|hik|up|increas|trim|lower|bump|doubl|tripl|cut)\w*\s[^‹›;.]{0,60}?\b(?:capex|capital (?:expenditures?|spending|expenses?)|spending|investments?|outlays?|budget)\b[^‹›;.]{0,45}?\b(?:to|of|at)\s(?:\w+\s){0,4}?{M}",
    ),
    (
        "capex-by-to",
        r"\b(?:capex|capital (?:expenditures?|spending|expenses?)|spending|investments?|outlays?|budget|guidance|forecast)\b[^;.]{0,50}?\b(?:by|from)\s‹M\d+›[^;.‹]{0,25}?\bto\s(?:\w+\s){0,3}?{M}",
    ),
    (
        "capex-figure",
        r"{M}(?:\s[\w'-]+){0,3}?\s(?:in|of|for|on)\s(?:[\w'-]+\s){0,4}?(?:capex|capital (?:expenditures?|spending|expenses?)|spending)\b",
    ),
    (
        "project-worth",
        r"\b(?:projects?|data[- ]cent(?:er|re)s?|campus|supercomputer|facility|initiative|build-?out|programme?|complex|hub|cluster|site)\b[^‹›;.]{0,50}?\b(?:worth|cost\w*|valued at|price tag of|estimated at|budget of)\s(?:\w+\s){0,5}?{M}",
    ),
    (
        "cost-to-build",
        r"\b(?:build(?:s|ing)?|construct(?:s|ing)?|open(?:s|ing)?)\s(?:an? |the |its |new )?\s*{M}(?=[^.;]{0,50}(?:data cent|campus|facility|supercomputer|plant))",
    ),
    (
        "expectations",
        r"\bspending\s(?:expectations?|targets?|plans?|forecast|outlook|guidance|commitments?)\b[^‹›;.]{0,40}(?:‹M\d+›\s?)?to\s*{M}",
    ),
)
STAKE_SHAPES: tuple[tuple[str, str], ...] = (
    (
        "deal-for-stake",
        r"{M}\s(?:\w+\s){0,2}?(?:deal|investment|purchase|transaction)\s(?:for|to (?:buy|take|acquire))\s(?:an?|its|the)\s[^‹›;.]{0,30}?\b(?:stake|holding|interest)",
    ),
    (
        "paid-for-stake",
        r"\b(?:paid|pays?|paying|spent|spends?|spending|invest\w*)\s(?:\w+\s){0,2}?{M}\s(?:for|to (?:buy|acquire|take))\s(?:an?|its|the)\s[^‹›;.]{0,40}?\b(?:stake|holding|shares|interest)",
    ),
    (
        "stake",
        r"{M}(?:\s(?:minority|equity|strategic|passive|additional|further|combined))*\s(?:stake|holding|equity investment|shareholding)\b",
    ),
    ("stake-for", r"\b(?:stake|shares|holding|equity)\s(?:of|in)\s[^‹›;.]{0,60}\s(?:for|worth|valued at)\s*{M}"),
)
ACQUISITION_SHAPES: tuple[tuple[str, str], ...] = (
    (
        "acquire-for",
        r"\b(?P<verb>acquir(?:e|es|ed|ing)|buy(?:s|ing)?|bought|purchas(?:e|es|ed|ing)|snap(?:s|ped|ping)? up|scoop(?:s|ed|ing)? up|pick(?:s|ed) up|tak(?:e|es|ing) over|took over|takeover of|acquisition of|purchase of|buyout of|deal for|swallow\w*|gobbl\w* up|sold to|go(?:es|ing)? to)\b[^‹›;]{1,140}?\s(?:for|in(?: an?)?|worth|at|valued at|of|top(?:s|ped)?|exceed(?:s|ed)?|cost(?:s|ing)?|pay(?:s|ing)?|fetch(?:es|ed)?)\s(?:\w+[- ]){0,5}?\s*{M}",
    ),
    (
        "acquisition-for-of",
        r"\b(?:acquisition|purchase|takeover|buyout)\b,?\sfor\s(?:\w+\s){0,4}?{M},?\s(?:in \w+ )?(?:\([^)]*\) )?of\b",
    ),
    (
        "pay-for",
        r"(?<!told to )(?<!ordered to )(?<!forced to )(?<!made to )(?<!liable to )\bpa(?:y|ys|id|ying)\s*{M}(?:\s(?:in cash|in stock|in shares|more))?\sfor\s(?=(?:the\s)?(?:[a-z-]+\s){0,4}[A-Z])",
    ),
    (
        "amount-acquisition",
        r"{M}(?:\s(?:all-cash|cash|all-stock|stock|cash-and-stock|blockbuster|planned|proposed|mega))*\s(?:acquisition|takeover|buyout|purchase|swoop|bid|acqui-?hire|deal to (?:acquire|buy|purchase)|merger)\b",
    ),
    (
        "price",
        r"\b(?:the|its) (?:(?:purchase|takeover|deal|acquisition) )?price\b(?: tag)?[^‹›;.]{0,30}?\b(?:of|at|between|was|is|as)\s(?:\w+\s){0,3}?{M}",
    ),
    (
        "acquire-deal",
        r"\b(?:acquisition|takeover|buyout|to (?:buy|acquire|purchase))\b[^‹›;]{1,100}?\b(?:deal|transaction|acquisition)\b[^‹›;]{0,30}?\b(?:worth|valued at|valuing|for|of)\s(?:\w+\s){0,4}?\s*{M}",
    ),
)
CONTRACT_NOUN = r"(?:contracts?|deals?|agreements?|pacts?|orders?|partnerships?|arrangements?|leases?|commitments?|tie-up|accord|supply deal|purchase order)"
CONTRACT_SHAPES: tuple[tuple[str, str], ...] = (
    (
        "deal-worth",
        rf"\b{CONTRACT_NOUN}\b[^‹›;.]{{0,90}}?\b(?:worth|valued at|value of|totall?ing|of|for|by|amounts? to|amounted to|is valued at|potentially worth)\s(?:\w+\s){{0,5}}?\s*{{M}}",
    ),
    ("amount-deal", rf"{{M}}(?:,?\s[\w'&.,-]+){{0,5}}?[\s-]{CONTRACT_NOUN}\b"),
    (
        "pay-for-compute",
        r"\b(?:pay|pays|paying|paid)\s(?:[\w'&.-]+\s){0,4}?{M}(?:[\w\s]{0,30}?)\sfor\s[^‹›;.]{0,50}?\b(?:comput|cloud|chips?|GPU|capacity|servers?|data cent)",
    ),
    (
        "buy-compute",
        r"\b(?:buy(?:s|ing)?|bought|purchas(?:e|es|ed|ing)|rent(?:s|ed|ing)?|leas(?:e|es|ed|ing)|consum(?:e|es|ed)|order(?:s|ed|ing)?|book(?:s|ed)?|reserv(?:e|es|ed)|sign(?:s|ed|ing)? up for|contract(?:s|ed) for|commit(?:s|ted)? to)\s(?:[\w'-]+\s){0,4}?{M}(?:\s[\w'-]+){0,8}?\s(?:of|on|for|in|to|worth of)?\s?(?:[\w'-]+\s){0,3}?(?:comput|cloud|chips?|GPU|Azure|capacity|servers?|services|hardware|accelerators|data[- ]cent|gigawatt|megawatt|electricity|power|models?|technology)",
    ),
    (
        "supply-worth",
        r"\b(?:suppl(?:y|ies|ied|ying)|sell(?:s|ing)?|sold|deliver(?:s|ed)?|provide[sd]?)\b[^‹›;.]{1,80}?\s(?:worth|valued at|for)\s*{M}",
    ),
)
COMPUTE = r"\b(?:comput(?:e|ing)|cloud|chips?|GPUs?|semiconductor|accelerators?|data[- ]cent(?:er|re)s?|servers?|capacity|infrastructure|processors?|TPUs?|memory|hardware|gigawatts?|megawatts?|power|licens\w+|platform|software)\b"
SELL_CLOUDS = ("Microsoft", "Google", "Alphabet", "Amazon", "Oracle", "IBM", "Alibaba", "Tencent", "Huawei")
"""Companies that sell a cloud of their own, beside what else they do."""
SELLER_SUBJECT = r"\b(?:(?:to giv(?:e|ing)|giv(?:es|ing)) (?:it|them|the) |(?:shares?|stock)\s(?:soar|jump|surg|rall|climb|ris|rose|gain|leap|spik|pop)\w*|w[io]ns?|winning|award(?:ed|s)|lands?|landed|secur(?:es|ed)|clinch(?:es|ed)|to (?:provide|supply|deliver|make|build|host|manufacture)|provid(?:es|ing)|suppl(?:ies|y|ying)|sell(?:s|ing)?|sold|selected by|order from|receiv(?:ed|es))\b"


NOT_MONEY_FOR_AI = (
    r"\b(?:market (?:will|is|to|could|size|for)|industry (?:will|is)|global (?:spending|AI spending|market)|worldwide spending|analysts? (?:say|said|expect|estimate|reckon|at|predict|project)\w*|"
    r"Gartner|IDC|McKinsey|according to data|super PACs?|election|lobby\w*|campaign|politicians?|political|discretionary|appropriat\w+|free cash flow|settle\w*|lawsuit|fine|tariff\w*|"
    r"buyback|repurchase|dividend|severance|charity|philanthrop\w*|salary|compensation|bonus|pay package)\b"
)
"""A sentence about a market, politics or pay, not about one payer's outlay."""

OTHER_TRADE = (
    r"\b(?:fintech|insurtech|edtech|proptech|healthtech|agritech|femtech|skin-?care|cosmetics?|beauty|wellness|fitness|fashion|apparel|clothing|jewell?ery|footwear|furniture|food|coffee|tea|snacks?|"
    r"beverages?|restaurants?|grocer\w*|meal|pet|travel|hotels?|hospitality|co-living|housing|real estate|property|prefab|construction|packaging|logistics|shipping|freight|trucking|airlines?|"
    r"geothermal|solar|wind|hydrogen|nuclear|fusion|batter(?:y|ies)|lithium|mining|oil|gas|pipelines?|steel|chemicals?|cement|electric (?:cars?|vehicles?|scooters?)|EVs?|e-bikes?|scooters?|"
    r"payments?|lend(?:er|ing)|banking|bank|neobank|brokerages?|broker|insur(?:er|ance)|crypto\w*|bitcoin|blockchain|wallet|gaming|games?|esports|sports?|music|film|streaming|social (?:media|network)|"
    r"dating|jobs site|e-commerce|marketplace|retailers?|quick commerce|delivery|ride-hailing|telemedicine|biotech|vaccines?|drugs?|dental|medical devices?|satellites?|rockets?|space|drones?|defen[cs]e)\b"
)
"""Trades whose money is not for AI, unless the text says so."""

KIN_OF_AI = (
    r"\b(?:robots?|robotics|humanoids?|self-driving|driverless|autonomous|(?:facial|image|speech|voice) recognition|language models?|models?|inference|algorithms?|"
    r"data[- ]label\w+|drug discovery|agents?|assistants?|accelerators?|supercomputers?|bots?|lidar|neural|intelligen(?:t|ce))\b"
)
"""Words that are near AI and do not yet say it."""

AGGREGATE_PAYERS = (
    r"\b(?:hyperscalers?|big tech|tech giants|tech companies|companies|firms|industry|the four|the five|magnificent seven|investors|"
    r"combined|collectively|together|startups|venture capitalists|VCs|sector|governments|enterprises|businesses|organi[sz]ations)\b"
)
