package dev.weir.forecast.candidate;
import java.util.*; import dev.weir.forecast.learn.Train;
public class CandidateGradient { public final float[] gradient; final TrainableCandidateNetwork n; final CandidateShape s; final int S,E;
  public CandidateGradient(CandidateShape s,int S){ this.s=s; this.S=S; this.E=s.candidates(); n=new TrainableCandidateNetwork(s); gradient=new float[s.parameterCount()]; }
  public synchronized double run(float[] w,List<Train.Samples> ss,long[] idx,int from,int to,int all,SplittableRandom r){ int b=to-from; float[] win=new float[b*408], gl=new float[b*6], C=new float[b*S*E*9], H=new float[b*S*7], T=new float[b*S], W=new float[b*S], keep=new float[b*s.encoder().outputSize()];
    for(int i=0;i<keep.length;i++) keep[i]=r.nextDouble()<.2?0:1.25f;
    for(int i=0;i<b;i++){ Train.Samples q=ss.get((int)(idx[from+i]>>32)); int k=(int)idx[from+i]; System.arraycopy(q.win(),k*408,win,i*408,408); System.arraycopy(q.glob(),k*6,gl,i*6,6); System.arraycopy(q.cand(),k*S*E*9,C,i*S*E*9,S*E*9); System.arraycopy(q.steps(),k*S*7,H,i*S*7,S*7); System.arraycopy(q.target(),k*S,T,i*S,S); System.arraycopy(q.weight(),k*S,W,i*S,S);
      if(r.nextDouble()<.3){ for(int t=0;t<24;t++) for(int j=0;j<13;j++) win[i*408+t*17+j]*=-1; for(int j=0;j<S*E;j++){ C[(i*S*E+j)*9]*=-1; C[(i*S*E+j)*9+4]*=-1; } for(int j=0;j<S;j++){ H[(i*S+j)*7+4]*=-1; T[i*S+j]*=-1; } } }
    Arrays.fill(gradient,0); n.load(w); float[] res=new float[b*S], d=new float[b*S]; n.forward(new TrainableCandidateNetwork.Batch(b,S,win,gl,C,H),keep,res); double loss=0; for(int i=0;i<b*S;i++){ double e=res[i]-T[i], z=Math.sqrt(e*e+.01); loss+=W[i]*(z-.1)/(all*S); d[i]=(float)(W[i]*e/z/(all*S)); } n.backward(d,gradient); return loss; }
}
