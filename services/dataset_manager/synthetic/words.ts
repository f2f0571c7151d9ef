// Every word below is one token after a space in each built-in encoding of `common/tokenizer/`;
// those of the first list are also one token as `Word` and ` Word`. A test checks them all.

const ANYWHERE = `
  ability about above accept account across action active activity actor actually add added adding
  address adds advanced after again against age all allow allows almost along already also
  although always am among amount an and animal another answer any apart apparently apple are area
  arm around article artist ask asked at attempt author available average avoid baby back
  background bad band bank base basic basically battery battle be bear beat because bed before
  begin beginning behind being below besides best better between beyond big bill bird birth bit
  blue board body bone book boot border both bottom box brain brand break breaking bridge bright
  bring broad brown build building built bus business but button buy by call calling camera can
  cap captain car card care case cash cat cause center central certain certainly chain chair
  chance change changed changes changing channel chapter character check chicken child children
  choice choose church city civil claim class clean clear clearly client climate clock close cloud
  club coach code coin cold collect collection college color column come coming command comment
  commercial common community company compare component computer conclusion condition connect
  connection consider considering contact content context continue contract control cook cool copy
  corn cost could council count country course court cover cow create created creating credit
  cross current custom customer cut damage dark data date day deal deep demand depth design desk
  despite develop development did different digital direct discover discuss discussion disk
  distance district do doctor document does dog done double down dragon draw dream drive driver
  drop during each ear early earn earth east eastern easy eat edge editor effect eight electric
  element empty end energy engine enter environment error even event eventually every evidence
  exactly example experience extra eye face fact factor factory failure fair fall false family fan
  farm fast father fear feature fed feed feel few field fight figure file fill film final finally
  financial find finding fine finish fire first fish fit five fix fixed flight fly flying folder
  follow following food foot for force foreign forest form former found four fourth fox free
  freedom fresh friend from front fuel full function fund furthermore game gas general generally
  get getting give given giving glass global go goal going gold golden good got government grade
  gray great green ground group growing guest guide had half hall hand handle happy hard hardware
  has hat have having he head health heart heat heavy height help her here hero hidden hide high
  his history hit hold home hope host hot hour house how however human hung ice if ill imagine
  important in includes increase indeed information inside instead interest international internet
  interview iron is it item its job join joined journal joy judge jump just justice keep keeping
  key kind king knight know knowing known label lady lake land language large last late later law
  lead leader learn learning leave led left leg legal length let letter level library life light
  like limit line link list listen little live living load loading local location lock long look
  looking looks lord lost lot love low luck machine made magic mail main major make making man
  manager many map mark market match material may maybe me meanwhile measure medical meet member
  memory message met metal method middle military mind minor miss missing mix model modern money
  monster month moon moreover morning most mother motion motor mouse move movie moving music must
  my name names nation national natural nature near nearly need network never new news next nice
  night nine no normal north northern not note notice now number object obviously ocean off office
  official often oil old on once one only open opening or orange order origin original originally
  other otherwise our out outside over own owner page pan paper parent park part party pass
  password path pattern pay peace pen people perfect perhaps person personal phase phone photo
  physical pick picture pink place plan planet play player playing point police policy political
  poor port position post pot power president previous price prince print private probably problem
  process product program progress project proof property protect public published pull push put
  putting quality quantity queen question quick quite race radio rain range rank rare rate rather
  read reader reading ready real really reason recent recently record red region remember remove
  removed reply report request required requires research response rest result return returns
  reward rich right ring river road rock role roll room rose round route row royal rule run
  running sad safe safety salt same sample sand sat save say scene school science score screen sea
  search season second secret section security see seeing select send sent series server service
  set setting seven several shadow shape share shares sharp she shield shift ship shop short
  should show side sign silver similar simple simply since sing single sit site six size skill
  skin sky sleep slow small smart snake snow so social soft software solar sold solution some
  sometimes son song soon sort sound source south southern space speaking special specific speed
  spider sport spot spread spring square stack staff stage stand standard standing star start
  starting state station status stay steel step still stone stop storage store storm story stream
  street strong student study success such sum summer sun support supported sure switch system
  table take taking talk talking tank target task tax team tell ten term test testing thank thanks
  that the their then there therefore these they think third this those though three through throw
  thus time title today together tomorrow too tool top total touch tour town track trade
  traditional train travel tree true trust truth try tube turn two type under understanding union
  unit university unless until up update upon us use used using usually value version very view
  visit voice volume wait walk wall want was watch water wave way we weak weather website week
  weight welcome were west western what wheel when whenever where whether which while who why wide
  width will win wind window winter wire with within without witness wolf woman wonder wood word
  work working works world would write writer writing written year yellow yesterday yet you young
  your zone
`;

const WITHIN = `
  accepted admit admitted advantage advice afraid afternoon ago agree agreed agreement aim airport
  alive allowed allowing ally alone ancient anger angle angry anniversary answered answering
  answers appear appeared appearing appears argue argued argument arrange arrive arrived arriving
  asking asks aspect ate attacks attention attitude aunt autumn award bag banana basket bathroom
  beach bean became become becomes becoming bedroom bee been began begins begun belief believe
  believed believes belt benefit beside bicycle bike birthday blame blank boat boil borrow bottle
  bought boundary bowl brave bread breakfast breaks breath brick bringing brings broke broken
  brother brought budget builds bunch busy butter buyer buying cable cake called calls calm came
  candy canyon career careful carefully carried carry castle catch catching caught cave
  celebration century ceremony challenge characteristic cheap checked checking checks cheese
  chemical chest chocolate choosing chose chosen circle citizen claimed claims clever cliff climb
  climbing closed closely closes closing cloth coal coast coat coffee collected colour comes
  committee communication compared comparing complex concert concrete connected considered
  constant contain contained containing contains contest continued continues continuing controlled
  controls conversation cooked cookie cooking copied copper corner costs cotton counted counting
  county cousin covered covering covers crack cream creates creature crew cried crossed crossing
  cry crying cultural culture cup cure curious curve cuts cutting dance dancing danger dangerous
  daughter dawn deadline debate debt decade decide decided decides decision decrease deeply defend
  degree delay denied deny describe described describes desert designed designing desire detail
  developed developing difference difficult difficulty dinner directed direction directly dirty
  discovered divide divided dollar door doubt drank drawing drawn dreams dress drew drink drinking
  driven drives driving dropped dropping drops drove dry duck dusk dust duty eager eagle earned
  easily eaten eating eats economic effort egg electricity electronic emotion ended ending ends
  engineer entered entering equal era especially evening exact exam expect expected expecting
  expects expensive experiment explain explained explains fabric fairly fallen falling falls
  famous farmer fault fee feeding feeling feels feet fell felt festival fighting filled filling
  finds finger finished firm firmly fits fitted fixing flat flew floor flower flown followed
  follows forget forgot forgotten formal formed forming forms fought foundation freely freeze
  frequency frog frozen fruit fully funeral funny gap garden garlic gave gentle gently gets gives
  glove goat goes gone gotten gradual gradually grape grass greatly grew grow grown grows growth
  guided guideline habit hair hammer handled happen happened happening happens harbor harvest
  healthy hear heard hearing heaven held helped helping helps hence hiding highly hill him
  historical hits hitting holding holds hole holiday honest honor hoped hopes horizon horse
  hospital hotel hug hundred hungry husband idea immediately impossible improve improved
  improvement improving include included including income increased increases increasing
  industrial industry ingredient injury insect instance instruction intention into island jacket
  joining joins journey juice jumping jungle keeps kept keyboard kitchen knee knew knife knowledge
  knows labeled lamp landscape largely laugh laughed laughing lawyer lay lazy leading leads leaf
  learned leather leaves leaving lecture lemon lend lesson lets lift lifted liked likely likes
  lion lip listening lived lives loaded lonely looked lose loses losing loss loud loved loves
  lucky luggage lunch lung magazine mainly makes mall manage managed managing manner marked
  matched matches matching matter meal means measured measuring meat mechanical medal medicine
  meeting meets melt mental midnight might milk million minister minute mirror missed mistake
  mixed mixture moment mostly mountain mouth moved movement moves mud muscle museum mystery nail
  named narrow naturally navy necessary neck needed needs negative neighbor nervous newspaper
  noise noon nose novel nuclear nurse offer offered offering offers officer onion onto opened
  opens opinion opportunity opposite ordered oven owe owned paid pain paint painted painting pair
  palace pale pants parade particularly partly passed passenger passes passing passive pasture
  paying pays pencil pepper period phrase picked picking piece pig pile pilot pipe plain plane
  planned planning plans plant planted planting plants plastic plate played plays pleasure poem
  poetry polite pond popular positive possible possibly potato pound pour poured practice precise
  pressure pride princess principle printed printing prize produce produced produces producing
  profit promise promised properly proposal propose proposed protected protecting proud prove
  proved proven provide provided provides providing province pulled pulling pump purple purpose
  pushed pushing puts quarter quickly quiet quietly rabbit raise raised raising ran rapid rarely
  rat ratio reach reached reaches reaching reaction receive received receives receiving
  recommendation recorded recording records reduce reduced reduces reducing refuse refused reject
  rejected relation relationship remembered require requirement requiring respect restaurant
  resting rests returned returning rhythm rice ride riding rights rise rises rising risk rode roof
  rope rough roughly rubber rude runs safely said salad sang sauce saved saves saving saw saying
  says schedule searched searching seek seeking seem seemed seems seen sees seldom selected sell
  seller selling sending sends sentence separate separated serious serve served serves serving
  sets shake shaking shall shaped shared sharing sheep shirt shoe shore shoulder shout showed
  showing shown shows sick signal signed silent silk singer singing sister sitting situation skirt
  sleeping slept slowly smell smile smiled smiling smoke smooth society sock soil soldier sorted
  soup speak speech spend spending spent spoke spoken spoon spreading stable stadium stands
  started starts stayed staying stays steady stomach stood stopped stopping stops stored storing
  stove strange stranger strongly structure studied studying stuff subway sudden suddenly sugar
  suggest suggested suggesting suggestion suggests suit sunrise sunset supply supporting supports
  surface surprise swamp swim swimming symbol taken takes tale talent talked tall taste taught
  taxi tea teach teacher teaching teeth telling tells temple tendency territory tested tests
  theater them theory thick thin thing thinking thinks thought thousand threw throwing thrown
  thumb ticket tie tiger tin tired toe told tomato tone tongue took tooth touched touching tourist
  toward tower trace tracked tracking trading tradition traffic traveler treat treated treatment
  trend triangle tried tries trip truck truly trying turned turning turns twice uncle understand
  understood uniform useful useless uses usual vacation valley variety village visited visiting
  visitor waited waiting waits wake walked walking walks wanted wants warehouse warm warn warned
  wash washing watched watching waterfall wear wearing wedding weekend went wet whisper whole whom
  whose widely wife winning wins wisdom wise wish wishes won wool wore worked worker worn worse
  worst writes wrong wrote
`;

/** Words that may also begin a sentence, in lower case: 1,024, each one token. */
export const STARTERS: readonly string[] = ANYWHERE.trim().split(/\s+/);

/** Words for any other place, the starters among them: 2,048, each one token after a space. */
export const WORDS: readonly string[] = [...STARTERS, ...WITHIN.trim().split(/\s+/)];
