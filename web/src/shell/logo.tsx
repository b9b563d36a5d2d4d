export function Logo({ className = "size-7" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g fill="none" className="stroke-accent-ink" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M10 8v9a6 6 0 0 0 12 0v-2" />
        <path d="M18 18l4-4 4 4" />
      </g>
      <circle cx="10" cy="7" r="2.6" className="fill-accent-ink" />
    </svg>
  );
}
