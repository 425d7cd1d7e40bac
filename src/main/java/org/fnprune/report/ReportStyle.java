package org.fnprune.report;

/** The report's style: light and dark, phone, print. Contrast of text is 4.5:1 or more. */
final class ReportStyle {

  static final String CSS =
      """

      :root{color-scheme:light dark;--bg:#fff;--sub:#f5f7f9;--text:#1c2127;--muted:#555f6b;
      --line:#d9dee4;--dense:#8a95a1;--slim:#0f8a7e;--track:#e6eaee;--kept:#b3bcc6;--pos:#c2410c;
      --neg:#1d5fbf;--ok:#12704a;--okbg:#e7f6ee;--bad:#b3261e;--badbg:#fdecea;--warn:#7a5200;
      --warnbg:#fff6e0;--link:#0b5cad;--hot:194,65,12}
      @media (prefers-color-scheme:dark){:root{--bg:#101418;--sub:#181d23;--text:#e5e9ee;
      --muted:#a5b0bc;--line:#303841;--dense:#7b8794;--slim:#35b8a6;--track:#252c34;--kept:#56616d;
      --pos:#fb8b4e;--neg:#6fa8f5;--ok:#57d29b;--okbg:#12291f;--bad:#ff8a80;--badbg:#331715;
      --warn:#e8bd62;--warnbg:#2d2411;--link:#7ab8ff;--hot:251,139,78}}
      *{box-sizing:border-box}
      html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
      @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
      body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,-apple-system,
      "Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
      .top,main,footer{max-width:62rem;margin:0 auto;padding:0 1.25rem}
      .top{padding-top:1.75rem}
      .brand{margin:0;color:var(--muted);font-size:.85rem;letter-spacing:.02em}
      h1{margin:.1rem 0 .8rem;font-size:2rem;line-height:1.2}
      h2{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3}
      h3{margin:1.6rem 0 .5rem;font-size:1.05rem}
      h4{margin:0 0 .4rem;font-size:.95rem}
      p{margin:.4rem 0 .8rem}
      a{color:var(--link)}
      a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--link);
      outline-offset:2px}
      .skip{position:absolute;left:-999px}
      .skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem 1rem;z-index:1}
      nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;margin:0 0 1.4rem;
      padding:0;font-size:.9rem}
      nav a{display:inline-block;padding:.15rem 0;text-decoration:none}
      nav a:hover{text-decoration:underline}
      main>section{margin:0 0 3rem;scroll-margin-top:1rem}
      main>section:not(.verdict){border-top:1px solid var(--line);padding-top:1.6rem}
      .lead{color:var(--muted);max-width:46rem}
      .verdict{padding:1.3rem 1.5rem;border-radius:12px;background:var(--sub);
      border:1px solid var(--line);margin-bottom:1.2rem!important}
      .verdict h2{font-size:1.8rem;display:flex;align-items:center;gap:.7rem;margin-bottom:.4rem}
      .verdict p:last-child,.verdict ul:last-child{margin-bottom:0}
      .verdict .mark{flex:none;width:2.1rem;height:2.1rem;border-radius:50%;display:grid;
      place-items:center;font-size:1.2rem;line-height:1;color:var(--bg);background:var(--muted)}
      .passed{background:var(--okbg);border-color:var(--ok)}.passed h2{color:var(--ok)}
      .passed .mark{background:var(--ok)}
      .missed{background:var(--badbg);border-color:var(--bad)}.missed h2{color:var(--bad)}
      .missed .mark{background:var(--bad)}
      .oneline{font-size:1.1rem;font-weight:550}
      .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem;
      margin:0 0 2.6rem}
      .tiles div{border:1px solid var(--line);border-radius:10px;padding:.75rem .95rem;min-width:0}
      .tiles dt{font-size:.85rem;color:var(--muted)}
      .tiles dd{margin:0}
      .big{font-size:1.5rem;font-weight:650;line-height:1.35;font-variant-numeric:tabular-nums}
      .small{font-size:.85rem;color:var(--muted)}
      figure{margin:1rem 0 1.3rem}
      figcaption{font-size:.85rem;color:var(--muted);max-width:40rem}
      .barfig{max-width:40rem}
      svg{display:block}
      svg text{fill:var(--text);font-size:13px}
      svg.bars{overflow:hidden}
      .bars .val{font-variant-numeric:tabular-nums}
      .dense{fill:var(--dense)}.slim{fill:var(--slim)}.track{fill:var(--track)}
      .key{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin:0 .25rem 0 0;
      vertical-align:-.05rem}
      span.dense{background:var(--dense)}span.slim{background:var(--slim);margin-left:.8rem}
      span.pos{background:var(--pos)}span.neg{background:var(--neg)}
      .scroll{overflow-x:auto;margin:.6rem 0 1.2rem;border:1px solid var(--line);
      border-radius:8px}
      table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
      caption{text-align:left;padding:.55rem .8rem;color:var(--muted);font-size:.85rem}
      th,td{padding:.4rem .8rem;text-align:left;border-top:1px solid var(--line);white-space:nowrap;
      font-weight:400}
      tbody th{white-space:normal;min-width:8rem;overflow-wrap:break-word}
      thead th{font-weight:600;background:var(--sub)}
      tbody tr:hover{background:var(--sub)}
      th.num,td.num{text-align:right}
      pre{margin:0;padding:.8rem 1rem;background:var(--sub);font:13px/1.5 ui-monospace,
      SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;border-radius:8px}
      .scroll pre{width:max-content;min-width:100%}
      pre.wrap{white-space:pre-wrap;overflow-wrap:anywhere}
      .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));
      gap:1.2rem 2rem}
      .plotfig{margin:0;min-width:0}.plotfig figcaption{color:var(--text);font-size:.95rem}
      .plot{width:100%;height:auto;max-width:36rem}
      .grid{stroke:var(--line)}.ref{stroke:var(--text);stroke-dasharray:6 4;fill:none}
      .legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:.3rem 0 0;padding:0;
      font-size:.85rem}
      .legend li{display:flex;align-items:center;gap:.4rem}
      .legend svg{overflow:visible}
      details{margin:.6rem 0}
      summary{cursor:pointer;padding:.3rem 0}
      summary h3{display:inline;margin:0}
      .unit{border-top:1px solid var(--line);padding-top:.4rem}
      .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,18.5rem),1fr));
      gap:1rem}
      .card{border:1px solid var(--line);border-radius:10px;padding:.9rem 1rem;min-width:0}
      .neurons{width:100%;margin-bottom:.6rem}
      .defs{position:absolute}
      .keptpath{fill:var(--kept)}
      .own{fill:none;stroke:var(--muted);stroke-width:1px;vector-effect:non-scaling-stroke}
      path.pos,path.neg{fill:none;stroke:var(--pos);stroke-width:1.6px;
      vector-effect:non-scaling-stroke}
      path.neg{stroke:var(--neg)}
      .facts{display:flex;flex-wrap:wrap;gap:.15rem 1rem;margin:0 0 .4rem;font-size:.85rem}
      .facts div{display:flex;gap:.35rem}
      .facts dt{color:var(--muted)}.facts dd{margin:0;font-variant-numeric:tabular-nums}
      .sub{margin:.5rem 0 .2rem;font-size:.8rem;color:var(--muted)}
      .chips,.texts{list-style:none;margin:0;padding:0}
      .chips{display:flex;flex-wrap:wrap;gap:.3rem}
      .chips li{border:1px solid var(--line);border-radius:999px;padding:0 .55rem;font-size:.82rem}
      .tok,.run{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
      white-space:pre-wrap;overflow-wrap:anywhere}
      .act{color:var(--muted)}
      .texts li{font-size:.82rem;padding:.25rem 0;border-top:1px solid var(--line);
      position:relative}
      .texts li:first-child{border-top:0}
      .hid{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
      white-space:nowrap}
      .s1{background:rgba(var(--hot),.07)}.s2{background:rgba(var(--hot),.13)}
      .s3{background:rgba(var(--hot),.19)}.s4{background:rgba(var(--hot),.25)}
      .s5{background:rgba(var(--hot),.31)}.s6{background:rgba(var(--hot),.38);font-weight:650}
      .maps{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));
      gap:1.2rem;margin-top:1rem}
      .step{width:1.6rem;height:.9rem;border:1px solid var(--line);border-radius:2px}
      .maps figure{margin:0}
      .heat{width:100%;max-width:16rem;height:auto;aspect-ratio:1;image-rendering:pixelated;
      border:1px solid var(--line);background:var(--sub);border-radius:4px}
      .warn{background:var(--warnbg);border-left:4px solid var(--warn);padding:.8rem 1rem .8rem
      1.2rem;border-radius:4px}
      ul.warn{padding-left:2.2rem}
      footer{color:var(--muted);font-size:.85rem;padding-bottom:3rem}
      @media (max-width:40rem){h1{font-size:1.6rem}.verdict{padding:1rem 1.1rem}
      .verdict h2{font-size:1.5rem}.tiles{grid-template-columns:1fr 1fr}.big{font-size:1.25rem}
      .tiles div{padding:.6rem .75rem}.top,main,footer{padding-left:1rem;padding-right:1rem}}
      @media print{:root{--bg:#fff;--sub:#fff;--text:#000;--muted:#444;--line:#bbb}
      body{font-size:10.5pt}nav,.skip{display:none}
      details::details-content{content-visibility:visible;height:auto;display:block}
      .scroll{overflow:visible;border:0}.scroll pre{width:auto;white-space:pre-wrap}
      th,td{white-space:normal;padding:.2rem .4rem}table{font-size:8.5pt}
      .card,figure,tr,.verdict{break-inside:avoid}h2,h3{break-after:avoid}
      main>section{margin-bottom:1.5rem}*{-webkit-print-color-adjust:exact;
      print-color-adjust:exact}}
      """;

  private ReportStyle() {}
}
