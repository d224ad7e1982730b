namespace Nura.Rag.Indexing;

/// <summary>The run belongs to another process now, or its repository was removed. Nothing more may be written for it.</summary>
internal sealed class RunLostException() : Exception("The indexing run was taken over or removed.");
