type Words = readonly [string, ...string[]]

/** Where people are, and how people are called there. */
export interface Region {
  readonly zones: Words
  readonly given: Words
  readonly family: Words
}

/** A list of names, written as one would. */
function words(text: string): Words {
  const [first = '', ...others] = text.split(' ')
  return [first, ...others]
}

export const REGIONS: readonly [Region, ...Region[]] = [
  {
    zones: words('America/New_York America/Chicago America/Los_Angeles America/Toronto'),
    given: words('Ava Marcus Naomi Ethan Jasmine Tyler Brooke Isaiah Claire Devon Hannah Malik'),
    family: words('Bennett Washington Carter Nguyen Delgado Whitfield Brooks Kowalski Park Hughes Rivera Okafor'),
  },
  {
    zones: words('Europe/London Europe/Dublin'),
    given: words('Imogen Rhys Niamh Callum Freya Aoife Gareth Priya Eleanor Ewan Siobhan Tariq'),
    family: words('Ashworth Gallagher Davies MacLeod Byrne Whitaker Kaur Fitzgerald Penrose Doyle Hussain Llewellyn'),
  },
  {
    zones: words('Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Warsaw'),
    given: words('Lena Jürgen Amélie Théo Lucía Íñigo Chiara Matteo Zofia Kacper Anneke Renée'),
    family: words('Schäfer Köhler Lefèvre Moreau García Núñez Bianchi Ferrari Nowak Zieliński Visser Dubois'),
  },
  {
    zones: words('Europe/Stockholm Europe/Helsinki'),
    given: words('Astrid Elin Björn Aino Eero Sven Linnéa Mikael Ingrid Jukka Saga Oskar'),
    family: words('Lindqvist Åström Virtanen Mäkinen Bergström Korhonen Dahl Nyström Laine Sandberg Holm Ekström'),
  },
  {
    zones: words('America/Sao_Paulo America/Bogota America/Mexico_City'),
    given: words('Beatriz João Valentina Santiago Camila Thiago Ximena Andrés Luana Mateo Rocío Emilio'),
    family: words('Oliveira Gonçalves Rodríguez Peña Souza Cárdenas Ramírez Araújo Quispe Morales Vélez Barbosa'),
  },
  {
    zones: words('Africa/Lagos Africa/Nairobi Africa/Johannesburg Africa/Cairo'),
    given: words('Adaeze Tunde Wanjiru Kiprono Thandiwe Sipho Nour Karim Ngozi Baraka Lerato Chidi'),
    family: words('Adeyemi Okonkwo Mwangi Otieno Dlamini Nkosi Mansour Fahmy Eze Kamau Mokoena Balogun'),
  },
  {
    zones: words('Asia/Kolkata Asia/Dubai Asia/Karachi'),
    given: words('Ananya Rohan Meera Arjun Fatima Omar Kavya Vikram Zainab Imran Ishita Aditya'),
    family: words('Iyer Chatterjee Reddy Kapoor Rahman Siddiqui Nair Deshmukh Malik Haddad Banerjee Menon'),
  },
  {
    zones: words('Asia/Tokyo Asia/Seoul Asia/Singapore Asia/Shanghai'),
    given: words('Haruka Kenji Minji Joon-ho Wei Mei-Ling Sakura Daiki Seo-yeon Jun Xiu Takumi'),
    family: words('Tanaka Yamamoto Kim Choi Chen Lim Suzuki Kobayashi Jung Zhang Tan Watanabe'),
  },
  {
    zones: words('Australia/Sydney Australia/Perth Pacific/Auckland'),
    given: words('Matilda Lachlan Aroha Tane Zara Angus Keira Hemi Poppy Declan Marama Jarrah'),
    family: words('Thompson Ngata McKenzie Parata Sullivan Walker Tamihana Fraser Hughes Reid Kelly Campbell'),
  },
]

interface Department {
  readonly name: string
  readonly titles: readonly [string, ...string[]]
  readonly skills: Words
}

export const DEPARTMENTS: readonly [Department, ...Department[]] = [
  {
    name: 'Platform',
    titles: ['Staff Engineer', 'Senior Engineer', 'Site Reliability Engineer', 'Engineering Manager'],
    skills: words('TypeScript Go Kubernetes PostgreSQL Linux Terraform Observability Networking'),
  },
  {
    name: 'Product Engineering',
    titles: ['Software Engineer', 'Senior Engineer', 'Principal Engineer', 'Engineering Manager'],
    skills: words('TypeScript React Node.js SQL GraphQL Testing Accessibility CSS'),
  },
  {
    name: 'Data',
    titles: ['Data Engineer', 'Machine Learning Engineer', 'Data Scientist', 'Head of Data'],
    skills: words('Python SQL Spark Statistics Airflow PyTorch Experimentation dbt'),
  },
  {
    name: 'Mobile',
    titles: ['iOS Engineer', 'Android Engineer', 'Mobile Lead'],
    skills: words('Swift Kotlin SwiftUI Compose CI Performance Accessibility'),
  },
  {
    name: 'Security',
    titles: ['Security Engineer', 'Application Security Lead'],
    skills: words('Cryptography Go Rust Pentesting IAM Compliance'),
  },
  {
    name: 'Design',
    titles: ['Product Designer', 'Design Lead', 'User Researcher'],
    skills: words('Figma Prototyping Research Typography Accessibility Facilitation'),
  },
  {
    name: 'People',
    titles: ['Recruiter', 'Senior Recruiter', 'People Partner'],
    skills: words('Sourcing Interviewing Coaching Onboarding Negotiation'),
  },
]

export const POSITIONS = [
  'Backend Engineer',
  'Frontend Engineer',
  'Data Engineer',
  'Site Reliability Engineer',
  'iOS Engineer',
  'Product Designer',
  'Security Engineer',
  'Engineering Manager',
] as const

export const NOTES = [
  'Go through the take-home exercise first.',
  'The candidate prefers to work in TypeScript.',
  'Leave ten minutes for questions.',
  'Second conversation; the notes of the first are in the candidate file.',
  'Pair on the exercise, do not quiz.',
] as const

export const CANCELLATIONS = [
  'The candidate accepted another offer',
  'The position was filled',
  'The candidate asked for another day',
  'Two of the panel are ill',
] as const

/** What there is to do for an interview, so many days after its start, and whose work it is. */
export const TASKS_OF_INTERVIEWS = [
  { title: 'Book a room', of: 'talent', days: -7 },
  { title: 'Send the candidate the agenda', of: 'talent', days: -5 },
  { title: 'Send the take-home exercise', of: 'talent', days: -4 },
  { title: 'Read the take-home exercise', of: 'interviewer', days: -1 },
  { title: 'Write down your feedback', of: 'interviewer', days: 1 },
  { title: 'Collect the feedback of the panel', of: 'talent', days: 2 },
  { title: 'Tell the candidate how it went', of: 'talent', days: 3 },
] as const

/** What there is to do besides, and how many days before it is due; null for whenever there is time. */
export const OTHER_TASKS = [
  { title: 'Write the questions for system design anew', of: 'interviewer', days: 21 },
  { title: 'Ask two more people to join the panels', of: 'talent', days: 10 },
  { title: 'Show the new interviewers how feedback is written', of: 'interviewer', days: 4 },
  { title: 'Go through the interviews that were cancelled', of: 'talent', days: -2 },
  { title: 'Thank the panels of last month', of: 'admin', days: -9 },
  { title: 'Tidy up the exercises for pairing', of: 'admin', days: null },
] as const

export const COMPANIES = [
  'Harbor Freight Systems',
  'Nordlicht Energie',
  'Blue Heron Health',
  'Cobalt Maps',
  'Juniper & Sons',
  'Lighthouse Payments',
  'Open Orchard',
  'Tidewater Robotics',
] as const

export const HIGHLIGHTS = [
  'Brought the time of a release from a week to an hour',
  'Led a team of six through a move between data centres',
  'Wrote the guide that every newcomer reads first',
  'Halved what a request costs',
  'Began the weekly review of incidents',
] as const

export const UNIVERSITIES = [
  'University of Helsinki',
  'University of Nairobi',
  'TU Delft',
  'University of Toronto',
  'IIT Madras',
  'University of São Paulo',
  'Kyoto University',
] as const

export const FIELDS = ['Computer Science', 'Mathematics', 'Physics', 'Psychology', 'Industrial Design'] as const

export const DEGREES = ['BSc', 'MSc', 'PhD'] as const

export const PROJECTS = [
  { name: 'Slowpoke', description: 'Finds the slowest test of a suite, and says since when it is slow.' },
  { name: 'Paper Trail', description: 'Keeps minutes as plain text, and finds them again.' },
  { name: 'Tidemark', description: 'Draws how full a disk was, and when it will be.' },
  { name: 'Second Opinion', description: 'A checklist for reviews, and a bot that reminds of it.' },
] as const

export const LANGUAGES = words('Dutch French German Hindi Japanese Korean Mandarin Portuguese Spanish Swahili')

export const HEADLINES = [
  'likes small changes and long walks',
  'asks what happens when it fails',
  'has been on call, and sleeps well since',
  'explains with drawings',
] as const

export const SUMMARIES = [
  'Will ask about something you have built, and then about what went wrong with it.',
  'Came from support, and still reads the tickets. Bring a question of your own.',
  'Thinks that a good interview is a conversation, and leaves the last ten minutes to you.',
] as const
