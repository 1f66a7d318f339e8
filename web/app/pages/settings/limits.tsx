import { Section } from './section.js'
import { Caps } from './limits/caps.js'
import { QuietHoursCard } from './limits/quiet-hours.js'

/** /settings/limits: when messages leave, and how many a customer gets. */
export default function LimitsPage() {
  return (
    <Section name="limits">
      <div className="flex flex-col gap-4">
        <QuietHoursCard />
        <Caps />
      </div>
    </Section>
  )
}
