// Head and shoulders of nobody in particular: where a camera was on and no picture was kept.

export function Silhouette({ initials }: { initials: string }) {
  return (
    <div class="silhouette" aria-hidden="true">
      <svg viewBox="0 0 120 100" preserveAspectRatio="xMidYMax meet" aria-hidden="true">
        <circle cx="60" cy="40" r="24" />
        <path d="M12 100c2-22 20-32 48-32s46 10 48 32z" />
        <text x="60" y="40" text-anchor="middle" dominant-baseline="central">
          {initials}
        </text>
      </svg>
    </div>
  );
}
