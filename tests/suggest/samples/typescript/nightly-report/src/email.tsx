import type { FC } from 'react';

export const REPORTS = Object.freeze({
  bucket: process.env.REPORTS_BUCKET || 'reports',
  prefix: 'nightly/',
});

interface Props {
  day: string;
  links: string[];
  upload?: string;
}

export const Email: FC<Props> = ({ day, links, upload }) => (
  <html>
    <body style={{ fontFamily: 'sans-serif' }}>
      <h1>Report of {day}</h1>
      <ul>
        {links.map((link) => (
          <li key={link}>
            <a href={`https://reports.shop.example/${link}`}>{link}</a>
          </li>
        ))}
      </ul>
      {upload && <p>Upload corrections to {upload}.</p>}
    </body>
  </html>
);
