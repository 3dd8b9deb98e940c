import java.io.*; import java.nio.charset.StandardCharsets; import java.nio.file.*; import java.util.*; import java.util.zip.*;
import com.fasterxml.jackson.databind.*;
/** Series of the corpora, cut into pieces. */
public class Corpus {
  public record Piece(String family, double[] y, int m) {}
  public static List<Piece> read(Path dir, int most, int perSeries, String except) throws Exception {
    List<Piece> out=new ArrayList<>(); ObjectMapper om=new ObjectMapper();
    List<Path> files; try (var s=Files.list(dir)) { files=s.filter(p->p.toString().endsWith(".jsonl.gz")).sorted().toList(); }
    for (Path p: files) { String fam=p.getFileName().toString().replace(".jsonl.gz",""); if (except!=null && Arrays.asList(except.split(",")).contains(fam)) continue;
      try (BufferedReader r=new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(p)),StandardCharsets.UTF_8))) {
        for (String l=r.readLine(); l!=null; l=r.readLine()) { JsonNode n=om.readTree(l); JsonNode v=n.get("v"); int m=Math.max(1,n.path("m").asInt(1)); int N=v.size(); if(N<80) continue; double[] y=new double[N]; boolean ok=true; for(int i=0;i<N;i++){ y[i]=v.get(i).asDouble(); ok&=Double.isFinite(y[i]); } if(!ok) continue;
          int pieces=Math.max(1,Math.min(perSeries,N/most)); for(int k=0;k<pieces;k++){ int from=pieces==1?0:(int)((long)(N-most)*k/(pieces-1)); int to=Math.min(N,from+most); out.add(new Piece(fam,Arrays.copyOfRange(y,from,to),m)); } } } }
    return out; }
  /** The synthetic generator of the study, in Java. */
  public static Piece synthetic(long seed) {
    SplittableRandom g=new SplittableRandom(seed); Random r=new Random(g.nextLong()); int n=400+g.nextInt(1601);
    double x=g.nextDouble(); int m= x<.30?1: x<.62?24: x<.72?48: x<.78?96: x<.86?288: x<.91?12: x<.97?7: 144; if (3*m>n) m=24; int per=m;
    double[] y=new double[n]; double[] sea=new double[n];
    double noise=Math.exp(u(r,Math.log(.03),Math.log(1.2)));
    if(m>1){ double[] p=pattern(r,per); double[] q=r.nextDouble()<.5?pattern(r,per):p; boolean week=r.nextDouble()<.5&&m>=7; boolean off=r.nextDouble()<.7; double a=u(r,.2,1), d=u(r,0,1.5); double[] f=null; if(week&&r.nextDouble()<.3){ f=new double[7]; for(int i=0;i<7;i++) f[i]=1+.3*r.nextGaussian(); }
      double[] drift=null; if(r.nextDouble()<.2){ drift=smooth(r,n,6); double k=u(r,.01,.1)*m; for(int i=0;i<n;i++) drift[i]*=k; }
      for(int t=0;t<n;t++){ int ph=Math.floorMod(t+(drift==null?0:(int)drift[t]),m); int wk=(t/m)%7; double s= week&&wk>=5? a*q[ph]-(off?d:0): p[ph]; if(f!=null) s*=f[wk]; sea[t]=s; }
      if(r.nextDouble()<.5){ double[] e=smooth(r,n,8); double k=u(r,.05,.5); for(int t=0;t<n;t++) sea[t]*=Math.exp(k*e[t]); }
      if(r.nextDouble()<.3){ double k=u(r,.05,.5); double z=0; for(int t=0;t<n;t++){ if(t%m==0) z=Math.exp(k*r.nextGaussian()); sea[t]*=z; } }
      double c=new double[]{1,1,.5,.25}[r.nextInt(4)]; for(int t=0;t<n;t++) sea[t]*=c; }
    double k=r.nextDouble(); double[] lev=new double[n];
    if(k<.25){ double s=Math.exp(u(r,Math.log(.01),Math.log(.3))); for(int t=1;t<n;t++) lev[t]=lev[t-1]+s*r.nextGaussian(); }
    else if(k<.45){ double[] e=smooth(r,n,10); double s=u(r,.2,2); for(int t=0;t<n;t++) lev[t]=s*e[t]; }
    else if(k<.6){ double[] e=ar(r,n,u(r,.97,.999),false); double s=u(r,.3,2); for(int t=0;t<n;t++) lev[t]=s*e[t]; }
    else if(k<.7){ double s=r.nextGaussian()*3; for(int t=0;t<n;t++) lev[t]=s*t/n; }
    else if(k<.8){ int c=1+r.nextInt(7); for(int i=0;i<c;i++){ int at=r.nextInt(n); double s=1.5*r.nextGaussian(); for(int t=at;t<n;t++) lev[t]+=s; } }
    if(r.nextDouble()<.25){ double rr=u(r,.97,.9999), w=2*Math.PI/Math.exp(u(r,Math.log(5),Math.log(300))); double[] c=new double[n]; double s2=0; for(int t=0;t<n;t++){ c[t]=r.nextGaussian()+(t>0?2*rr*Math.cos(w)*c[t-1]:0)-(t>1?rr*rr*c[t-2]:0); s2+=c[t]*c[t]; } double s=u(r,.2,1.5)/(Math.sqrt(s2/n)+1e-9); for(int t=0;t<n;t++) lev[t]+=s*c[t]; }
    double kk=r.nextDouble(); double[] nz=ar(r,n,kk<.25?0:kk<.8?u(r,.2,.95):u(r,.9,.99),r.nextDouble()<.4);
    if(r.nextDouble()<.2){ double[] e=ar(r,n,u(r,-.6,0),false); for(int t=0;t<n;t++) nz[t]+=e[t]; }
    if(r.nextDouble()<.4&&m>1){ double[] p=pattern(r,per); double s=.5*u(r,0,1.5); for(int t=0;t<n;t++) nz[t]*=Math.exp(s*p[t%m]); }
    if(r.nextDouble()<.2){ double[] e=ar(r,n,.98,false); for(int t=0;t<n;t++) nz[t]*=Math.exp(.5*e[t]); }
    for(int t=0;t<n;t++) y[t]=sea[t]+lev[t]+noise*nz[t];
    double z=r.nextDouble(); if(z<.25){ double s=u(r,.2,.9); for(int t=0;t<n;t++) y[t]=Math.exp(Math.min(20,y[t]*s)); } else if(z<.35){ double s=u(r,-.5,1); for(int t=0;t<n;t++) y[t]=Math.max(0,y[t]+s); } else if(z<.45){ double s=u(r,.3,1), o=u(r,0,4); for(int t=0;t<n;t++) y[t]=poisson(r,Math.exp(Math.max(-5,Math.min(9,y[t]*s+o)))); }
    double sd=sd(y);
    if(r.nextDouble()<.2){ double pr=u(r,.001,.02); double s=u(r,1,6)*(r.nextInt(3)==0?-1:1); for(int t=0;t<n;t++) if(r.nextDouble()<pr) y[t]+=-Math.log(1-r.nextDouble())*sd*s; }
    if(r.nextDouble()<.1) for(int i=0;i<3;i++){ int a=r.nextInt(n), b=Math.min(n,a+5+r.nextInt(95)); double s=sd*2*r.nextGaussian(); for(int t=a;t<b;t++) y[t]+=s; }
    if(r.nextDouble()<.15){ double q=sd*u(r,.05,.5); if(q>0) for(int t=0;t<n;t++) y[t]=Math.rint(y[t]/q)*q; }
    double s=Math.pow(10,u(r,-2,4)); for(int t=0;t<n;t++) y[t]*=s; return new Piece("synthetic",y,m); }
  static double u(Random r,double a,double b){ return a+(b-a)*r.nextDouble(); }
  static double sd(double[] y){ double a=0,b=0; for(double v:y){a+=v;b+=v*v;} a/=y.length; return Math.sqrt(Math.max(0,b/y.length-a*a)); }
  static double poisson(Random r,double l){ if(l>50) return Math.max(0,Math.rint(l+Math.sqrt(l)*r.nextGaussian())); double L=Math.exp(-l),p=1; int k=0; do{k++;p*=r.nextDouble();}while(p>L); return k-1; }
  static double[] ar(Random r,int n,double phi,boolean heavy){ double[] e=new double[n]; double s=Math.sqrt(1-Math.pow(Math.min(Math.abs(phi),.9999),2)); for(int t=0;t<n;t++){ double x; if(heavy){ double c=0; for(int i=0;i<3;i++){double g=r.nextGaussian();c+=g*g;} x=r.nextGaussian()/Math.sqrt(c/3)/1.7; x=Math.max(-30,Math.min(30,x)); } else x=r.nextGaussian(); e[t]=x+(t>0?phi*e[t-1]:0); } for(int t=0;t<n;t++) e[t]*=s; return e; }
  static double[] smooth(Random r,int n,int k){ int kk=2+r.nextInt(k); double[] o=new double[n]; for(int i=0;i<kk;i++){ double a=r.nextGaussian()/Math.sqrt(kk), f=u(r,.1,k/2.0)/n, p=u(r,0,6.28); for(int t=0;t<n;t++) o[t]+=1.4*a*Math.cos(6.283*f*t+p); } return o; }
  static double[] pattern(Random r,int per){ double[] s=new double[per]; double kind=r.nextDouble(); if(kind<.55){ int K=1+r.nextInt(Math.max(1,Math.min(6,per/2))); double d=u(r,.3,1.5); for(int k=1;k<=K;k++){ double a=r.nextGaussian()*Math.pow(k,-d), p=u(r,0,6.28); for(int i=0;i<per;i++) s[i]+=a*Math.cos(6.283*k*i/per+p); } }
    else if(kind<.85){ int c=1+r.nextInt(3); for(int j=0;j<c;j++){ double at=r.nextDouble(), w=u(r,.01,.15), a=u(r,.4,1.5); for(int i=0;i<per;i++){ double d=Math.abs((double)i/per-at); d=Math.min(d,1-d); s[i]+=a*Math.exp(-.5*(d/w)*(d/w)); } } }
    else { double at=r.nextDouble(), w=u(r,.05,.6); for(int i=0;i<per;i++){ double d=((double)i/per-at)%1; if(d<0)d+=1; s[i]=d<w?1:0; } }
    double m=0; for(double v:s)m+=v; m/=per; double d=0; for(double v:s)d+=(v-m)*(v-m); d=Math.sqrt(d/per)+1e-9; for(int i=0;i<per;i++) s[i]=(s[i]-m)/d; return s; }
}
