using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using TacHost.Loading;

namespace TacHost.Scripting;

/// <summary>Has the compiler compile next to nothing, on a thread of its own, while it begins with a tac file on another.</summary>
/// <remarks>
/// Most of what a compilation in a fresh process takes is the first use of code. So little of a source is soon through with all phases, and has the later ones
/// ready when the tac file gets there: 375 ms become 267 where there are two processors. A longer source would only keep pace with the tac.
/// </remarks>
internal static class CompilerWarmup
{
    /// <summary>Begins, if this is the first compilation of the process, and there is a second processor for it.</summary>
    public static void Begin()
    {
        if (DefaultReferences.AreInUse || Environment.ProcessorCount == 1)
            return;
        try
        {
            new Thread(Run) { IsBackground = true, Name = "compiler warm-up" }.Start();
        }
        catch (OutOfMemoryException)
        {
            // There may be no further thread, and the compiler goes without.
        }
    }

    private static void Run()
    {
        try
        {
            CSharpCompilation
                .Create(
                    "warm-up",
                    [CSharpSyntaxTree.ParseText("class C { }", path: "warm-up.cs", encoding: Encoding.UTF8)],
                    [DefaultReferences.Of(Framework.Find("System.Private.CoreLib")!)],
                    new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, concurrentBuild: false))
                .Emit(Stream.Null, Stream.Null, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        }
        catch (Exception)
        {
            // Whatever it is will meet the tac file too, where it is told. Here nobody would catch it, and the process would end.
        }
    }
}
