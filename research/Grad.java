package dev.weir.forecast.candidate;
import dev.weir.rnn.cell.*; import java.nio.*; import java.nio.file.*; import java.util.*;
public class Grad {
  static float[] read(String f) throws Exception { FloatBuffer b=ByteBuffer.wrap(Files.readAllBytes(Path.of(f))).asFloatBuffer(); float[] a=new float[b.remaining()]; b.get(a); return a; }
  public static void main(String[] a) throws Exception {
    int E=12; CandidateShape s=new CandidateShape(E,new RnnConfig(Cell.GRU,17,32,2,true,true)); TrainableCandidateNetwork n=new TrainableCandidateNetwork(s); float[] w=read("net_clean.bin"); n.load(w);
    float[] g=read("net.gold"); int p=0, J=24, B=8; float[] x=new float[B*24*17], gl=new float[B*6], C=new float[B*J*E*9], H=new float[B*J*7], out=new float[B*J];
    for(int i=0;i<B;i++){ System.arraycopy(g,p,x,i*408,408);p+=408; System.arraycopy(g,p,gl,i*6,6);p+=6; System.arraycopy(g,p,C,i*J*E*9,J*E*9);p+=J*E*9; System.arraycopy(g,p,H,i*J*7,J*7);p+=J*7; p+=48; System.arraycopy(g,p,out,i*J,J);p+=48; }
    float[] keep=new float[B*64]; for(int i=0;i<keep.length;i++) keep[i]=i%5==0?0:1.25f;
    float[] r=new float[B*J]; n.forward(new TrainableCandidateNetwork.Batch(B,J,x,gl,C,H),null,r); float m=0; for(int i=0;i<r.length;i++) m=Math.max(m,Math.abs(r[i]-out[i])); System.out.println("forward "+m);
    n.forward(new TrainableCandidateNetwork.Batch(B,J,x,gl,C,H),keep,r);
    float[] dy=new float[B*J]; for(int i=0;i<dy.length;i++) dy[i]=(float)Math.sin(i*1.7);
    float[] gr=new float[s.parameterCount()]; n.backward(dy,gr);
    ByteBuffer o=ByteBuffer.allocate(4*gr.length); o.asFloatBuffer().put(gr); Files.write(Path.of("grad.bin"),o.array());
  } }
