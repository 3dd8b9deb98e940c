package dev.weir.forecast.learn;
import dev.weir.forecast.candidate.*; import dev.weir.forecast.expert.*; import dev.weir.rnn.cell.*; import dev.weir.rnn.training.*; import dev.weir.rnn.*;
import java.nio.*; import java.nio.file.*; import java.util.*; import java.util.concurrent.*;
/** Research harness: trains the candidate network. args: out h seed millionsOfWindows layers synthCount [except=fam,..] [h2=..] */
public class Train {
  static final List<String> NAMES=List.of("naive","weekly-naive","seasonal-profile","median-7","median-25","seasonal-median");
  static LearnerSettings settings(int H) { LearnerSettings st=LearnerSettings.defaults(H).withExperts(NAMES); return new LearnerSettings(H,NAMES,st.analogWindow(),st.analogNeighbours(),st.tail(),st.exactLimit(),st.longestWeek(),false,8,.98,st.levels(),st.intervalStep(),st.training()); }
  record Piece(String family,double[] y,int m){}
  public record Samples(int n,int S,float[] win,float[] glob,float[] cand,float[] steps,float[] target,float[] weight){}
  static final int[] GRID={1,2,3,4,6,8,11,14,18,21,24,30,36,42,48};
  /** Runs one piece and takes samples. */
  static Samples take(Piece p,int H,int S,long seed,int E){
    Random r=new Random(seed); int n=p.y.length; Learner l=new Learner(settings(H),List.of(),null,true); int m=p.m; if(2*m+H+4>settings(H).exactLimit()||3*m>n) m=1; LearnerState ls=l.newSeries(p.family,m);
    int[] grid=Arrays.stream(GRID).filter(x->x<=H).toArray(); double[] mae=new double[H+1]; long[] mc=new long[H+1]; int st=Math.min(30,n/3);
    int cap=n; List<float[]> rows=new ArrayList<>(); List<int[]> which=new ArrayList<>(); List<double[]> scales=new ArrayList<>();
    CandidateStage stage=l.stage(); double[][] base=new double[n][];
    for(int t=0;t<n;t++){ l.observe(ls,t,p.y[t]); base[t]=new double[H]; for(int i=1;i<=H;i++) base[t][i-1]=l.base(i);
      for(int i=1;i<=H;i++) if(t-i>=0&&t>=st){ double e=p.y[t]-p.y[t-i]-base[t-i][i-1]; mae[i]+=Math.abs(e); mc[i]++; }
      if(t<12||t>=n-H||r.nextDouble()>=(t<400?.45:.22)) continue;
      int[] js=new int[S]; for(int k=0;k<S;k++) js[k]=grid[r.nextInt(grid.length)];
      float[] row=l.sample(js,E); which.add(js); double[] sc=new double[S]; int at=408+6+S*(E*9+7); for(int k=0;k<S;k++){ int i=js[k]; double q=l.scale(i); double tr=(p.y[t+i]-p.y[t]-base[t][i-1])/q; row[at+k]=(float)Math.max(-30,Math.min(30,tr)); sc[k]=q; } scales.add(sc); rows.add(row); }
    int N=rows.size(); Samples s=new Samples(N,S,new float[N*408],new float[N*6],new float[N*S*E*9],new float[N*S*7],new float[N*S],new float[N*S]);
    for(int i=0;i<N;i++){ float[] row=rows.get(i); System.arraycopy(row,0,s.win,i*408,408); System.arraycopy(row,408,s.glob,i*6,6); System.arraycopy(row,414,s.cand,i*S*E*9,S*E*9); System.arraycopy(row,414+S*E*9,s.steps,i*S*7,S*7); System.arraycopy(row,414+S*(E*9+7),s.target,i*S,S);
      for(int k=0;k<S;k++){ int h=which.get(i)[k]; double ma=mc[h]>0?mae[h]/mc[h]:0; s.weight[i*S+k]=ma>1e-12?(float)Math.min(6,scales.get(i)[k]/ma):0; } }
    return s; }

  static Object field(Object o,String f) throws Exception { var m=o.getClass().getMethod(f); m.setAccessible(true); return m.invoke(o); }
  static Map<String,String> opt=new HashMap<>();
  public static void main(String[] a) throws Exception {
    for(String x:a){ int i=x.indexOf('='); opt.put(x.substring(0,i),x.substring(i+1)); }
    String out=opt.get("out"); double millions=Double.parseDouble(opt.getOrDefault("m","4")); long seed=Long.parseLong(opt.getOrDefault("seed","1")); int L=Integer.parseInt(opt.getOrDefault("layers","2")), HID=Integer.parseInt(opt.getOrDefault("hidden","32")); boolean bi=!opt.getOrDefault("bi","1").equals("0"); Cell cell=Cell.valueOf(opt.getOrDefault("cell","GRU")); int T=Integer.parseInt(opt.getOrDefault("threads","2"));
    int synth=Integer.parseInt(opt.getOrDefault("synth","2000")); double minutes=Double.parseDouble(opt.getOrDefault("minutes","1e9"));
    Class<?> corpus=Class.forName("Corpus"); List<Piece> pieces=new ArrayList<>();
    if(!"0".equals(opt.get("real"))) for(Object o:(List<?>)corpus.getMethod("read",Path.class,int.class,int.class,String.class).invoke(null,Path.of(System.getProperty("corpora")),2500,4,opt.get("except"))) pieces.add(new Piece((String)field(o,"family"),(double[])field(o,"y"),(Integer)field(o,"m")));
    for(int i=0;i<synth;i++){ Object o=corpus.getMethod("synthetic",long.class).invoke(null,seed*1_000_003L+i); pieces.add(new Piece("synthetic",(double[])field(o,"y"),(Integer)field(o,"m"))); }
    Map<String,Integer> count=new TreeMap<>(); for(Piece p:pieces) count.merge(p.family,1,Integer::sum); System.out.println(pieces.size()+" pieces "+count);
    double[] cum=new double[pieces.size()]; double c=0; for(int i=0;i<cum.length;i++){ Piece p=pieces.get(i); double w=1/Math.sqrt(count.get(p.family)); if(p.family.equals("synthetic")) w*=Double.parseDouble(opt.getOrDefault("synthw","3")); c+=w; cum[i]=c; }
    int E=CandidateStage.candidates(NAMES.size()), S=3, B=256; CandidateShape shape=new CandidateShape(E,new RnnConfig(cell,17,HID,L,bi,true));
    float[] w=CandidateInit.weights(shape,seed); int P=w.length; float[] ema=w.clone(), opts=new float[2*P+1]; boolean[] matrix=CandidateInit.matrices(shape), frozen=CandidateInit.frozen(shape);
    ExecutorService pool=Executors.newFixedThreadPool(T,r->{Thread t=new Thread(r);t.setDaemon(true);return t;});
    long total=(long)(millions*1e6), done=0; SplittableRandom rnd=new SplittableRandom(seed); long begin=System.nanoTime(); int step=0, totalSteps=(int)(total/B); double lossSum=0; long lossN=0; int chunk=0;
    int shards=4; CandidateGradient[] g=new CandidateGradient[shards]; for(int i=0;i<shards;i++) g[i]=new CandidateGradient(shape,S);
    int[] Hs={24,24,2,24,48};
    while(step<totalSteps && (System.nanoTime()-begin)/6e10<minutes){ int H=Hs[chunk%Hs.length]; chunk++; List<Future<Samples>> fs=new ArrayList<>(); int per=Integer.parseInt(opt.getOrDefault("chunk","96"));
      for(int i=0;i<per;i++){ double x=rnd.nextDouble()*c; int k=Arrays.binarySearch(cum,x); if(k<0)k=-k-1; Piece p=pieces.get(Math.min(k,cum.length-1)); long sd=rnd.nextLong(); if(p.y.length<H+40) continue; fs.add(pool.submit(()->take(p,H,S,sd,E))); }
      List<Samples> ss=new ArrayList<>(); int n=0; for(var f:fs){ Samples s=f.get(); ss.add(s); n+=s.n(); }
      long[] idx=new long[n]; int q=0; for(int i=0;i<ss.size();i++) for(int k=0;k<ss.get(i).n();k++) idx[q++]=((long)i<<32)|k; for(int i=n-1;i>0;i--){ int k=rnd.nextInt(i+1); long t=idx[i]; idx[i]=idx[k]; idx[k]=t; }
      for(int at=0; at+B<=n && step<totalSteps; at+=B){ long bs=rnd.nextLong(); List<Future<Double>> ls=new ArrayList<>(); for(int s=0;s<shards;s++){ int s0=s, from=at+B*s/shards, to=at+B*(s+1)/shards; ls.add(pool.submit(()->g[s0].run(w,ss,idx,from,to,B,new SplittableRandom(bs+s0)))); }
        double loss=0; for(var f:ls) loss+=f.get(); float[] gr=g[0].gradient; for(int s=1;s<shards;s++) for(int i=0;i<P;i++) gr[i]+=g[s].gradient[i]; for(int i=0;i<P;i++) if(frozen[i]) gr[i]=0;
        double peak=Double.parseDouble(opt.getOrDefault("lr",".004")); double lr= step<200? peak*(step+1)/200: peak*(.02+.98*.5*(1+Math.cos(Math.PI*step/totalSteps)));
        for(int i=0;i<P;i++) if(matrix[i]) w[i]*=(float)(1-lr*.01);
        new Adam(lr,.9,.98,1e-8,0,1).step(loss,gr,0,w,0,opts,0,P); float em=(float)Math.min(.998,(step+1.0)/(step+10)); for(int i=0;i<P;i++) ema[i]=em*ema[i]+(1-em)*w[i];
        step++; done+=B; lossSum+=loss; lossN++; if(lossN==500){ System.out.printf("%.2fM windows loss %.4f lr %.5f %.0f s%n",done/1e6,lossSum/lossN,lr,(System.nanoTime()-begin)/1e9); lossSum=0; lossN=0; save(out,ema); } } }
    save(out,ema); System.out.printf("done %d steps %.0f s%n",step,(System.nanoTime()-begin)/1e9); }
  static void save(String out,float[] w) throws Exception { ByteBuffer o=ByteBuffer.allocate(4*w.length); o.asFloatBuffer().put(w); Files.write(Path.of(out),o.array()); }
}
